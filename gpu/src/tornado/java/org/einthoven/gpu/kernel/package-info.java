/**
 * What runs on the device: plain static Java methods of float arrays in row-major order, which TornadoVM compiles. They keep to
 * what it compiles rightly: no return from within a loop, masks of -1e30 instead of infinities (kernels are compiled with
 * relaxed arithmetic), reductions through local memory, no local array handed to another method, no cell of global memory
 * written by one work-item and touched by another in the same launch, no kernel named like a function of OpenCL C (one called
 * rotate ended the JVM). Private arrays are filled before they are read, since a device need not clear them, and loops over
 * them have constant ends, so that they become registers. Sizes come in an array, and so do numbers that conditions ask about: TornadoVM compiles plain
 * arguments as constants, and version 5.2 fails to generate code for some kernels that it has folded by them. Each says what
 * it moves and what it computes; bytes are those of F32 unless said otherwise.
 */
package org.einthoven.gpu.kernel;
