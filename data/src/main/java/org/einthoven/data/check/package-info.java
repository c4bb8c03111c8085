/** Whether a copy of a published data set is whole: counts, checksums, missing files, rates. */
package org.einthoven.data.check;
