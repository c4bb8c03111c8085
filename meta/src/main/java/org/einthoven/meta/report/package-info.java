/** Runs as one self-contained page. */
package org.einthoven.meta.report;
