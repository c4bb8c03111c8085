/** The doors to ECG files: any one of them ({@link EcgFiles}), and folders of them by id ({@link EcgLibrary}). */
package org.einthoven.data;
