package org.einthoven.models.text.template;

/** What a rendering may cost in all, in characters and items that are made or looked at: a template may be somebody's attack. */
final class Effort {
    /** Far beyond any chat, and well below a second and the memory of a small JVM. */
    private static final long MOST = 1L << 27;

    private static final ScopedValue<Effort> PRESENT = ScopedValue.newInstance();

    private long spent;

    private Effort() {}

    static void within(Runnable rendering) {
        ScopedValue.where(PRESENT, new Effort()).run(rendering);
    }

    /** To be called before the work, which does not happen when it is too much. */
    static void spend(long amount) {
        Effort e = PRESENT.get();
        e.spent += amount;
        if (amount > MOST || e.spent > MOST) {
            throw new TemplateException("makes or looks at more than " + MOST + " characters and items");
        }
    }
}
