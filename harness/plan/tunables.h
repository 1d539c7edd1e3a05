/* Tunables: what glibc makes of its variables of the environment, as its ld.so lists it.
 *
 * Trap: ld.so's list shows a value as it was accepted there. malloc itself passes over a few that
 * it finds too large, such as an mmap_threshold above 32 MiB (glibc 2.36, malloc.c, do_set_*). */
#pragma once

#include "allocator.h"
#include "base/error.h"
#include "plan/setting.h"

/* Looks up the tunables that the setting's environment sets, by GLIBC_TUNABLES or by the variables
 * of `family`, and adds their values to setting->proof.settings. A name that ld.so does not list,
 * or a value that it did not take, is an error; if ld.so lists nothing, a warning is added. */
int tunables_check(struct setting *setting, const struct allocator_family *family,
                   struct error *err);

/* The value of a tunable such as "glibc.malloc.arena_max" in the output of `ld.so --list-tunables`,
 * "" if it stands there without one. The caller frees it. NULL if it is not there. */
char *tunables_find(const char *listing, const char *name);
