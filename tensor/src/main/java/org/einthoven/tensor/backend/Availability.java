package org.einthoven.tensor.backend;

/**
 * Whether a backend can run here.
 *
 * @param reason why, or why not, in one line
 * @param remedy what would make it available, or empty
 */
public record Availability(boolean ok, String reason, String remedy) {
    public static Availability yes(String reason) {
        return new Availability(true, reason, "");
    }

    public static Availability no(String reason, String remedy) {
        return new Availability(false, reason, remedy);
    }
}
