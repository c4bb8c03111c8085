/** A kit to check operations and the laws that tensors and derivatives obey. */
module org.einthoven.verify {}
