/* The proof of which malloc serves this process. A preload that fails is only a warning of ld.so:
 * whoever does not look measures glibc. */
#pragma once

#include "measure/wire.h"

/* Fills in who serves malloc, and whether everything agrees that it is `library` (NULL: glibc's
 * own). Call it before the interpreter starts. Allocates and frees a few KiB. */
void proof_make(struct wire_hello *hello, const char *library);
