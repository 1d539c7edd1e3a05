/* The environment of a worker: small, the same for every trial, and recorded.
 *
 * The caller's variables do not leak in: neither LD_PRELOAD nor MALLOC_ARENA_MAX nor PYTHONMALLOC
 * of the shell may decide what is measured. */
#pragma once

#include "base/text.h"
#include "plan/setting.h"

/* Adds what every worker gets: PATH, HOME, the locale and the like, as the caller has them. */
void environment_add_common(struct text_list *environment);

/* Adds what makes the setting: its variables, and LD_PRELOAD where there is a library. It replaces
 * variables of the same name, so add it last. */
void environment_add_setting(struct text_list *environment, const struct setting *setting);

/* Checks one -E value ("NAME=VALUE" or "NAME") and adds it, replacing one of that name. */
int environment_add_given(struct text_list *environment, const char *given, struct error *err);
