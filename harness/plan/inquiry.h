/* An inquiry: what a file says, as a short-lived worker reads it, without anything of it running.
 */
#pragma once

#include <jansson.h>

#include "base/error.h"

/* Asks the worker in a mode ("--describe", "--plan") about a file. The answer is an object, which
 * may hold `error` and `hint`; NULL if there is none. The caller gives it up (json_decref). */
json_t *inquiry_run(const char *mode, const char *path, struct error *err);

/* A text in the answer, or "". */
const char *inquiry_text(const json_t *answer, const char *key);
