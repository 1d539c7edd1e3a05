/* A claim as text, for all that shows one. */
#pragma once

#include "plan/claim.h"

/* The claim in its shortest form, which parses to the same claim; the caller frees it. */
char *claim_print(const struct claim *claim);
