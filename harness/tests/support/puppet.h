/* A forked process that does what a test tells it, step by step.
 *
 * Both sides have the same two words: puppet_say sends one, puppet_hear waits for one. A puppet is
 * killed when the test's process ends, whatever happens. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct puppet {
    pid_t pid; /* of the puppet; in the puppet itself 0 */
    int wire;
};

/* Forks a process that calls `act` with its own side and leaves with status 0 when it returns. */
void puppet_start(struct puppet *puppet, void (*act)(struct puppet *self, void *argument),
                  void *argument);

/* Sends a number to the other side. */
void puppet_say(const struct puppet *puppet, long word);

/* Waits for a number from the other side. If that side is gone, the test fails; the puppet leaves.
 */
long puppet_hear(const struct puppet *puppet);

/* Kills it, if it has not ended yet, and reaps it. Returns its wait status. */
int puppet_end(struct puppet *puppet);

/* Waits until it has ended by itself, without reaping it. */
void puppet_await_end(const struct puppet *puppet);

/* A fresh process copies pages of its parent as it goes. After this, its stack and these functions
 * have theirs, so that what it does next shows alone. Both sides call their half. */
void puppet_warm_up(const struct puppet *self);
void puppet_await_warm(const struct puppet *puppet);

/* In a child: ends it when `parent`, which forked it, ends. */
void puppet_die_with(pid_t parent);

/* Maps `size` bytes of private memory, in pages of the ordinary size, and touches every page. */
void *puppet_touch(size_t size);
