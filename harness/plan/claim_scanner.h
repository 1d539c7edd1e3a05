/* Where the reading of a claim stands: its words and blanks, and the errors that show a place.
 *
 * What stands behind a word is passed over with it, so the place always is at a word, a sign or the
 * end. Trap: "on" is a word like any other; only the grammar tells it from an allocator's name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct claim_scanner {
    const char *text;
    bool is_claim; /* else one figure alone */
    size_t at;     /* where it reads, bytes */
    size_t place;  /* of the error */
    struct error *err;
};

extern const char claim_scanner_blanks[];
/* What names of allocators, phases and metrics are made of. */
extern const char claim_scanner_word_letters[];

/* Says what is wrong at a place. `near` are names that may have been meant, or NULL. Returns -1. */
__attribute__((format(printf, 4, 5))) int claim_scanner_fail(struct claim_scanner *scanner,
                                                             size_t place, const char *near,
                                                             const char *format, ...);

void claim_scanner_skip_blanks(struct claim_scanner *scanner);

/* The word that begins here, "" if none does; the caller frees it. Passes over what follows. */
char *claim_scanner_take_word(struct claim_scanner *scanner);
bool claim_scanner_is_at_word(const struct claim_scanner *scanner);

/* Whether the word "on" begins here. */
bool claim_scanner_is_at_on(const struct claim_scanner *scanner);
