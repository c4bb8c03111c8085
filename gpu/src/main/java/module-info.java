/** The TornadoVM backend of tensor. */
module org.einthoven.gpu {}
