package org.einthoven.verify;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The shapes that {@link TensorDomain} draws for a parameter: {@code @ForAll @Shaped(minRank = 2, maxRank = 2) Tensor x} is
 * a matrix. {@code minAxis = 0} admits empty tensors.
 */
@Documented
@Target({ElementType.PARAMETER, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Shaped {
    int minRank() default 0;

    int maxRank() default 4;

    int minAxis() default 1;

    int maxAxis() default 5;
}
