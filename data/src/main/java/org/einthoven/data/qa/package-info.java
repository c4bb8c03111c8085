/** ECG-QA: questions, answers, and the classes the reference cuts its tasks from. */
package org.einthoven.data.qa;
