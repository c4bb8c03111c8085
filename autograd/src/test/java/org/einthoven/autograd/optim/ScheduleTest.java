package org.einthoven.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void theCosineWarmsUpAndComesDownToItsEnd() {
        Schedule s = Schedule.cosine(10, 110, 0.1);
        assertEquals(0.1, s.at(0), 1e-15);
        assertEquals(1, s.at(9), 1e-15);
        assertEquals(1, s.at(10), 1e-15);
        assertEquals(0.55, s.at(60), 1e-15); // half way: (1 + end) / 2
        assertEquals(0.1, s.at(110), 1e-15);
        assertEquals(0.1, s.at(1000), 1e-15);
        for (int step = 10; step < 110; step++) {
            assertTrue(s.at(step + 1) < s.at(step), "step " + step);
        }
    }

    @Test
    void withoutWarmUpItBeginsAtOne() {
        assertEquals(1, Schedule.cosine(0, 5, 0).at(0));
        assertEquals(1, Schedule.constant().at(7));
    }
}
