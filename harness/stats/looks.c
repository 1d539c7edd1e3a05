#include "stats/looks.h"

/* At 8 against 8 even 300 gates survive Holm's division; 20 show what 2 % of noise lets one see of
 * 3 %; between them a third chance. */
const size_t looks_blocks[LOOKS_COUNT] = {8, 12, 20};

double looks_alpha(size_t looks)
{
    return LOOKS_ALPHA / (looks > 1 ? (double)looks : 1);
}

size_t looks_next(size_t done)
{
    for (size_t i = 0; i < LOOKS_COUNT; i++) {
        if (looks_blocks[i] > done) {
            return looks_blocks[i];
        }
    }
    return 0;
}
