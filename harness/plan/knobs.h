/* Knobs: whether the malloc of a setting reads the variables that the setting gives it.
 *
 * Mallocs pass over a misspelt name in silence, and then the default would be measured under a name
 * that says otherwise. Each family is held to what it lets be seen (allocator.h: enum
 * allocator_check). Variables that are no malloc's business are not looked at. */
#pragma once

#include "allocator.h"
#include "base/error.h"
#include "plan/setting.h"

/* Checks the setting's environment. `family` is the malloc that it runs on, or NULL if it is none
 * that is known; `said` is what the worker that proved it printed to stderr.
 *
 * A knob that the malloc does not read, or a value that it refuses, is an error. What cannot be
 * seen is added to setting->warnings. What glibc made of its variables is added to
 * setting->proof.settings. */
int knobs_check(struct setting *setting, const struct allocator_family *family, const char *said,
                struct error *err);
