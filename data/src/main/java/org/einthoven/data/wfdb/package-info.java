/** WFDB records: a text header and binary signal files. */
package org.einthoven.data.wfdb;
