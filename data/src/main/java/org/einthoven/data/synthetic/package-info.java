/** A synthesiser of 12-lead ECGs with findings to ask about. */
package org.einthoven.data.synthetic;
