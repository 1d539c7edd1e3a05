#include "plan/claim.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/claim_number.h"
#include "plan/claim_scanner.h"

/* ---- the left side and the relation ---- */

static int read_left(struct claim_scanner *scanner, struct claim_figure *left)
{
    size_t place = scanner->at;
    cleanup_free char *first = claim_scanner_take_word(scanner);
    if (first[0] == '\0') {
        return claim_scanner_fail(scanner, place, NULL,
                                  "here should stand PHASE.METRIC or an allocator");
    }
    if (!claim_scanner_is_at_word(scanner)) {
        return claim_figure_read(scanner, first, place, left);
    }
    if (claim_figure_read_allocator(scanner, first, place, left)) {
        return -1;
    }
    place = scanner->at;
    cleanup_free char *second = claim_scanner_take_word(scanner);
    return claim_figure_read(scanner, second, place, left);
}

static int read_relation(struct claim_scanner *scanner, enum claim_relation *relation)
{
    const char *at = scanner->text + scanner->at;
    if (!text_starts_with(at, "<=") && !text_starts_with(at, ">=")) {
        return claim_scanner_fail(scanner, scanner->at, "'<=' or '>='",
                                  "here should stand a relation");
    }
    *relation = at[0] == '<' ? CLAIM_AT_MOST : CLAIM_AT_LEAST;
    scanner->at += 2;
    claim_scanner_skip_blanks(scanner);
    return 0;
}

/* ---- the right side ---- */

/* Behind the factor: [ALLOC] [PHASE.METRIC], of which one is there. */
static int read_peer(struct claim_scanner *scanner, struct claim_figure *right)
{
    size_t place = scanner->at;
    if (!claim_scanner_is_at_word(scanner) || claim_scanner_is_at_on(scanner)) {
        return claim_scanner_fail(scanner, place, NULL,
                                  "here should stand an allocator or PHASE.METRIC");
    }
    cleanup_free char *first = claim_scanner_take_word(scanner);
    if (claim_scanner_is_at_word(scanner) && !claim_scanner_is_at_on(scanner)) {
        if (claim_figure_read_allocator(scanner, first, place, right)) {
            return -1;
        }
        place = scanner->at;
        cleanup_free char *second = claim_scanner_take_word(scanner);
        return claim_figure_read(scanner, second, place, right);
    }
    return strchr(first, '.') ? claim_figure_read(scanner, first, place, right)
                              : claim_figure_read_allocator(scanner, first, place, right);
}

/* What is left out is taken over from the left side; the rest must be comparable with it. */
static int complete_peer(struct claim_scanner *scanner, struct claim *claim, size_t place)
{
    const struct claim_figure *left = &claim->left;
    struct claim_figure *right = &claim->right;
    if (!right->phase) {
        right->phase = text_copy(left->phase);
        right->metric = left->metric;
        right->phase_place = left->phase_place;
    }
    if (!right->allocator) {
        right->allocator = text_copy("");
    }
    const struct metric_info *one = &metric_table[left->metric],
                             *other = &metric_table[right->metric];
    if (one->unit != other->unit) {
        return claim_scanner_fail(scanner, right->phase_place, NULL, "'%s' is in %s and '%s' in %s",
                                  one->name, metric_unit_name(one->unit), other->name,
                                  metric_unit_name(other->unit));
    }
    bool is_same_allocator =
        right->allocator[0] == '\0' || strcmp(left->allocator, right->allocator) == 0;
    if (is_same_allocator && left->metric == right->metric &&
        strcmp(left->phase, right->phase) == 0) {
        return claim_scanner_fail(scanner, place, NULL, "it compares a figure with itself");
    }
    return 0;
}

static int read_right(struct claim_scanner *scanner, struct claim *claim)
{
    size_t place = scanner->at;
    double number = 0;
    if (claim_number_read(scanner, &number)) {
        return -1;
    }
    claim_scanner_skip_blanks(scanner);
    if (scanner->text[scanner->at] != '*') {
        claim->is_budget = true;
        claim->bound = number;
        return claim_number_read_unit(scanner, claim->left.metric, &claim->bound);
    }
    if (number == 0) {
        return claim_scanner_fail(scanner, place, NULL, "a factor is above 0");
    }
    claim->factor = number;
    scanner->at++;
    claim_scanner_skip_blanks(scanner);
    place = scanner->at;
    return read_peer(scanner, &claim->right) || complete_peer(scanner, claim, place) ? -1 : 0;
}

/* ---- on WORKLOAD ---- */

static bool is_control(char letter)
{
    return ((unsigned char)letter < 0x20) || letter == 0x7f;
}

/* The rest of the text, without the blanks around it: a file's name may have blanks in it. */
static int read_workload(struct claim_scanner *scanner, struct claim *claim)
{
    const char *text = scanner->text;
    if (text[scanner->at] == '\0') {
        claim->workload = text_copy("");
        return 0;
    }
    if (!claim_scanner_is_at_on(scanner)) {
        return claim_scanner_fail(scanner, scanner->at, NULL,
                                  "here the claim should be at its end, or 'on WORKLOAD' follow");
    }
    scanner->at += 2;
    claim_scanner_skip_blanks(scanner);
    size_t end = strlen(text);
    while (end > scanner->at && strchr(claim_scanner_blanks, text[end - 1])) {
        end--;
    }
    if (end == scanner->at) {
        return claim_scanner_fail(scanner, end, NULL, "behind 'on' stands no workload");
    }
    for (size_t i = scanner->at; i < end; i++) {
        if (is_control(text[i])) {
            return claim_scanner_fail(scanner, i, NULL,
                                      "a workload's name has no control characters");
        }
    }
    claim->workload = text_format("%.*s", (int)(end - scanner->at), text + scanner->at);
    claim->workload_place = scanner->at;
    return 0;
}

/* ---- the whole ---- */

static int read_claim(struct claim_scanner *scanner, struct claim *claim)
{
    if (strlen(scanner->text) > CLAIM_LENGTH) {
        return claim_scanner_fail(scanner, CLAIM_LENGTH, NULL, "it is longer than %d bytes",
                                  CLAIM_LENGTH);
    }
    claim_scanner_skip_blanks(scanner);
    if (read_left(scanner, &claim->left)) {
        return -1;
    }
    if (!claim->left.allocator) {
        claim->left.allocator = text_copy("");
    }
    return read_relation(scanner, &claim->relation) || read_right(scanner, claim) ||
                   read_workload(scanner, claim)
               ? -1
               : 0;
}

int claim_parse(struct claim *claim, const char *text, size_t *place, struct error *err)
{
    struct claim_scanner scanner = {.text = text, .is_claim = true, .err = err};
    *claim =
        (struct claim){.text = text_copy(text), .title = text_copy(""), .source = text_copy("")};
    int failed = read_claim(&scanner, claim);
    if (failed) {
        claim_clear(claim);
        if (place) {
            *place = scanner.place;
        }
    }
    return failed;
}

void claim_clear(struct claim *claim)
{
    free(claim->text);
    free(claim->title);
    free(claim->source);
    free(claim->workload);
    claim_figure_clear(&claim->left);
    claim_figure_clear(&claim->right);
    *claim = (struct claim){0};
}
