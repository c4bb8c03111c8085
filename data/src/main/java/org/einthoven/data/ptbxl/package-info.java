/** What PTB-XL's own tables say of its ECGs, and questions made from it. */
package org.einthoven.data.ptbxl;
