/** ECGs in MATLAB files, versions 4 and 5. */
package org.einthoven.data.mat;
