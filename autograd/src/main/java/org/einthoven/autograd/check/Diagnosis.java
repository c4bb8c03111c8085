package org.einthoven.autograd.check;

/** Why an analytic derivative and central differences disagree, as a sweep over step sizes shows it. */
public enum Diagnosis {
    /** The differences settle, and not at the analytic value. */
    WRONG_RULE("wrong rule", "the differences settle elsewhere; look at the derivative's formula for this entry"),

    /** The slopes from the left and from the right differ, here or within the step: there is no derivative to check. */
    KINK("kink", "the slopes from left and right differ here or within the step; check at a point away from it"),

    /** The value itself jumps, here or within the step. */
    JUMP("jump", "the value jumps here; rounding, comparing and choosing have no derivative to check"),

    /** Rounding drowns the differences at every step that is small enough: nothing is known about the rule. */
    CANCELLATION(
            "cancellation",
            "rounding, or another result at each call, drowns the differences; compute in double, take large constants"
                    + " off, fix the seed"),

    /** The differences settle at the analytic value, with another step than the check's. */
    UNFIT_STEP("unfit step", "the rule is right and the check's step is not; take the step named here"),

    /** The function or the analytic derivative is infinite or not a number. */
    NOT_FINITE("not finite", "the function or its derivative is infinite or not a number near this point");

    private final String name;
    private final String remedy;

    Diagnosis(String name, String remedy) {
        this.name = name;
        this.remedy = remedy;
    }

    /** What it means and what to do, for people. */
    public String remedy() {
        return remedy;
    }

    @Override
    public String toString() {
        return name;
    }
}
