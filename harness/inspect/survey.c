#include "inspect/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "inspect/ptmalloc.h"

void survey_init(struct survey *survey, struct image *image, const char *family)
{
    *survey = (struct survey){.image = image,
                              .family = family,
                              .malloc_live = METRIC_ABSENT,
                              .malloc_in_use = METRIC_ABSENT};
    for (int i = 0; i < METRIC_COUNT; i++) {
        bool is_owner = i >= METRIC_OWNER_FIRST && i <= METRIC_OWNER_LAST;
        survey->values[i] = is_owner ? 0 : METRIC_ABSENT;
    }
}

void survey_clear(struct survey *survey)
{
    free(survey->claims);
    ptmalloc_free(survey->ptmalloc);
    survey->ptmalloc = NULL;
    survey->claims = NULL;
    survey->claim_count = 0;
    survey->image = NULL;
}

/* Index of the first claim that ends above the address. */
static size_t first_above(const struct survey *survey, uint64_t address)
{
    size_t low = 0, high = survey->claim_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (survey->claims[middle].end <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool survey_claim(struct survey *survey, uint64_t start, uint64_t end)
{
    size_t at = first_above(survey, start);
    if (start >= end || (at < survey->claim_count && survey->claims[at].start < end)) {
        return false;
    }
    if (at > 0 && survey->claims[at - 1].end == start) {
        survey->claims[at - 1].end = end; /* a walk claims one piece after the other */
        return true;
    }
    survey->claims = text_grow(survey->claims, survey->claim_count + 1, sizeof *survey->claims);
    memmove(survey->claims + at + 1, survey->claims + at,
            (survey->claim_count - at) * sizeof *survey->claims);
    survey->claims[at] = (struct survey_range){start, end};
    survey->claim_count++;
    return true;
}

bool survey_is_claimed(const struct survey *survey, uint64_t address)
{
    size_t at = first_above(survey, address);
    return at < survey->claim_count && survey->claims[at].start <= address;
}

bool survey_next_gap(const struct survey *survey, uint64_t from, uint64_t end,
                     struct survey_range *gap)
{
    size_t at = first_above(survey, from);
    while (at < survey->claim_count && survey->claims[at].start <= from) {
        from = survey->claims[at++].end;
    }
    uint64_t until = at < survey->claim_count ? survey->claims[at].start : end;
    *gap = (struct survey_range){from, until < end ? until : end};
    return gap->start < gap->end;
}

double survey_add(struct survey *survey, enum metric owner, uint64_t start, uint64_t end)
{
    double bytes = (double)image_resident(survey->image, start, end, RESIDENT_ANON);
    survey->values[owner] += bytes;
    return bytes;
}

void survey_take(struct survey *survey, enum metric owner, uint64_t start, uint64_t end)
{
    if (survey_claim(survey, start, end)) {
        survey_add(survey, owner, start, end);
    }
}
