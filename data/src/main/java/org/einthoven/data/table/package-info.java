/** Tables in CSV, read strictly. */
package org.einthoven.data.table;
