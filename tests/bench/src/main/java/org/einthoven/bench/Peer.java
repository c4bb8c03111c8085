package org.einthoven.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** A library that computes some of the {@link Work}. Those with large native parts stand in the profile {@code bench}. */
public interface Peer {
    /** As in the fields of {@link Times}. */
    String name();

    /** Version and what it says of itself, for the head of the table. */
    String describe();

    /** This library at the start of some work, inputs in its own form; empty when it has nothing for it. */
    Optional<Entrant> enter(Work work);

    /** Ours first, then those that are installed. */
    static List<Peer> all() {
        List<Peer> peers = new ArrayList<>(List.of(new Einthoven(), new VectorBlas()));
        OpenBlas.find().ifPresent(peers::add);
        ServiceLoader.load(Peer.class).forEach(peers::add);
        return peers;
    }
}
