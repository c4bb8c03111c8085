package org.einthoven.tensor;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * That null is a value here, and what it means stands beside it; everywhere else it is none, which NullAway checks. JSpecify's
 * annotation of this name would be the only dependency of this module.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE_USE)
public @interface Nullable {}
