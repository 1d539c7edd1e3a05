#include "plan/claim.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "measure/phase.h"
#include "plan/plan.h"

/* A decimal of so many digits comes back from a double as it was written (IEEE 754, DBL_DIG). */
enum { MOST_DIGITS = 15 };

static const char blanks[] = " \t\r\n";
static const char digits[] = "0123456789";
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/* What names of allocators, phases and metrics are made of. */
static const char word_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

static const struct unit {
    const char *name;
    double bytes;
} units[] = {{"GiB", 0x1p30}, {"MiB", 0x1p20}, {"KiB", 0x1p10}, {"", 1}};
enum { UNITS = sizeof units / sizeof *units };

/* ---- words and their errors ---- */

struct scanner {
    const char *text;
    bool is_claim; /* else one figure alone */
    size_t at;     /* where it reads, bytes */
    size_t place;  /* of the error */
    struct error *err;
};

/* Says what is wrong at a place. `near` are names that may have been meant, or NULL. */
__attribute__((format(printf, 4, 5))) static int fail(struct scanner *scanner, size_t place,
                                                      const char *near, const char *format, ...)
{
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    scanner->place = place;
    if (!scanner->is_claim) {
        error_set(scanner->err, "%s", what);
        return error_hint(scanner->err, "%s%.200s%s'membench list metrics' shows all",
                          near ? "did you mean " : "", near ? near : "", near ? "? " : "");
    }
    error_set(scanner->err, "cannot read the claim: %s", what);
    error_excerpt(scanner->err, scanner->text, place);
    return error_hint(scanner->err, "%s%.200s%s" CLAIM_GRAMMAR, near ? "did you mean " : "",
                      near ? near : "", near ? "? A claim is " : "a claim is ");
}

static void skip_blanks(struct scanner *scanner)
{
    scanner->at += strspn(scanner->text + scanner->at, blanks);
}

/* The word that begins here, "" if none does; the caller frees it. Passes over what follows. */
static char *take_word(struct scanner *scanner)
{
    size_t length = strspn(scanner->text + scanner->at, word_letters);
    char *word = text_format("%.*s", (int)length, scanner->text + scanner->at);
    scanner->at += length;
    skip_blanks(scanner);
    return word;
}

static bool is_at_word(const struct scanner *scanner)
{
    return scanner->text[scanner->at] != '\0' &&
           strchr(word_letters, scanner->text[scanner->at]) != NULL;
}

/* Whether the word "on" begins here. */
static bool is_at_on(const struct scanner *scanner)
{
    const char *at = scanner->text + scanner->at;
    return strspn(at, word_letters) == 2 && text_starts_with(at, "on");
}

/* ---- PHASE.METRIC ---- */

static int find_metric(const char *name)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (strcmp(metric_table[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static char *near_metrics(const char *name)
{
    const char *names[METRIC_COUNT];
    for (int i = 0; i < METRIC_COUNT; i++) {
        names[i] = metric_table[i].name;
    }
    return text_nearest(name, names, METRIC_COUNT);
}

static int no_figure(struct scanner *scanner, const char *word, size_t place)
{
    if (find_metric(word) >= 0) {
        cleanup_free char *meant = text_format("'" PHASE_END ".%s'", word);
        return fail(scanner, place, meant, "'%s' stands without a phase", word);
    }
    return fail(scanner, place, NULL, "'%.100s' is not PHASE.METRIC", word);
}

/* Reads the phase and the metric from a word at a place of the text. */
static int read_figure(struct scanner *scanner, const char *word, size_t place,
                       struct claim_figure *figure)
{
    const char *dot = strchr(word, '.');
    if (!dot) {
        return no_figure(scanner, word, place);
    }
    cleanup_free char *phase = text_format("%.*s", (int)(dot - word), word);
    if (!phase_is_well_formed(phase)) {
        cleanup_free char *near = text_nearest(phase, phase_built_in, PHASE_BUILT_IN_COUNT);
        return fail(scanner, place, near, "'%.64s' cannot be a phase", phase);
    }
    int metric = find_metric(dot + 1);
    if (metric < 0) {
        cleanup_free char *near = near_metrics(dot + 1);
        return fail(scanner, place + (size_t)(dot + 1 - word), near, "unknown metric '%.64s'",
                    dot + 1);
    }
    figure->phase = take_pointer(phase);
    figure->metric = (enum metric)metric;
    figure->phase_place = place;
    return 0;
}

static int read_allocator(struct scanner *scanner, const char *word, size_t place,
                          struct claim_figure *figure)
{
    if (!setting_is_name(word)) {
        return fail(scanner, place, NULL, "'%.64s' cannot be the name of an allocator", word);
    }
    figure->allocator = text_copy(word);
    figure->allocator_place = place;
    return 0;
}

int claim_figure_parse(struct claim_figure *figure, const char *text, struct error *err)
{
    struct scanner scanner = {.text = text, .err = err};
    *figure = (struct claim_figure){0};
    return read_figure(&scanner, text, 0, figure);
}

int claim_metric_parse(const char *text, enum metric *metric, struct error *err)
{
    int found = find_metric(text);
    if (found < 0) {
        cleanup_free char *near = near_metrics(text);
        error_set(err, "unknown metric '%.64s'", text);
        return error_hint(err, "%s%s%s'membench list metrics' shows all",
                          near ? "did you mean " : "", near ? near : "", near ? "? " : "");
    }
    *metric = (enum metric)found;
    return 0;
}

/* ---- the left side and the relation ---- */

static int read_left(struct scanner *scanner, struct claim_figure *left)
{
    size_t place = scanner->at;
    cleanup_free char *first = take_word(scanner);
    if (first[0] == '\0') {
        return fail(scanner, place, NULL, "here should stand PHASE.METRIC or an allocator");
    }
    if (!is_at_word(scanner)) {
        return read_figure(scanner, first, place, left);
    }
    if (read_allocator(scanner, first, place, left)) {
        return -1;
    }
    place = scanner->at;
    cleanup_free char *second = take_word(scanner);
    return read_figure(scanner, second, place, left);
}

static int read_relation(struct scanner *scanner, enum claim_relation *relation)
{
    const char *at = scanner->text + scanner->at;
    if (!text_starts_with(at, "<=") && !text_starts_with(at, ">=")) {
        return fail(scanner, scanner->at, "'<=' or '>='", "here should stand a relation");
    }
    *relation = at[0] == '<' ? CLAIM_AT_MOST : CLAIM_AT_LEAST;
    scanner->at += 2;
    skip_blanks(scanner);
    return 0;
}

/* ---- the right side ---- */

static bool is_letter(char letter)
{
    return letter != '\0' && strchr(letters, letter) != NULL;
}

static int read_number(struct scanner *scanner, double *number)
{
    const char *at = scanner->text + scanner->at;
    size_t whole = strspn(at, digits), length = whole, count = whole;
    if (is_letter(*at)) {
        cleanup_free char *meant =
            text_format("'1 * %.*s'", (int)strspn(at, word_letters) % 65, at);
        return fail(scanner, scanner->at, meant, "here should stand a number");
    }
    if (whole == 0) {
        return fail(scanner, scanner->at, NULL, "%s",
                    *at == '-' || *at == '+' ? "a number has no sign"
                    : *at == '.'             ? "a number begins with a digit"
                                             : "here should stand a number");
    }
    if (at[whole] == '.') {
        size_t fraction = strspn(at + whole + 1, digits);
        if (fraction == 0) {
            return fail(scanner, scanner->at + whole, NULL, "behind the point stands no digit");
        }
        length += 1 + fraction;
        count += fraction;
    }
    if (count > MOST_DIGITS) {
        return fail(scanner, scanner->at, NULL, "a number has at most %d digits", MOST_DIGITS);
    }
    cleanup_free char *text = text_format("%.*s", (int)length, at);
    *number = strtod(text, NULL);
    scanner->at += length;
    return 0;
}

static int wrong_unit(struct scanner *scanner, const char *word, size_t place, enum metric metric)
{
    static const char *const names[] = {"KiB", "MiB", "GiB"};
    if (metric_table[metric].unit != UNIT_BYTES) {
        return fail(scanner, place, NULL, "'%s' is a number of unit '%s' and takes no other",
                    metric_table[metric].name, metric_unit_name(metric_table[metric].unit));
    }
    if ((word[0] == 'e' || word[0] == 'E') && word[1] == '\0') {
        return fail(scanner, place, NULL, "a number has no exponent");
    }
    cleanup_free char *near = text_nearest(word, names, sizeof names / sizeof *names);
    return fail(scanner, place, near ? near : "'KiB', 'MiB' or 'GiB'", "unknown unit '%.32s'",
                word);
}

static int read_bound(struct scanner *scanner, struct claim *claim)
{
    size_t place = scanner->at, length = strspn(scanner->text + place, letters);
    cleanup_free char *word =
        text_format("%.*s", is_at_on(scanner) ? 0 : (int)length, scanner->text + place);
    scanner->at += strlen(word);
    skip_blanks(scanner);
    bool is_bytes = metric_table[claim->left.metric].unit == UNIT_BYTES;
    for (size_t i = 0; i < UNITS; i++) {
        if (strcmp(units[i].name, word) == 0 && (is_bytes || word[0] == '\0')) {
            claim->is_budget = true;
            claim->bound *= units[i].bytes;
            return 0;
        }
    }
    return wrong_unit(scanner, word, place, claim->left.metric);
}

/* Behind the factor: [ALLOC] [PHASE.METRIC], of which one is there. */
static int read_peer(struct scanner *scanner, struct claim_figure *right)
{
    size_t place = scanner->at;
    if (!is_at_word(scanner) || is_at_on(scanner)) {
        return fail(scanner, place, NULL, "here should stand an allocator or PHASE.METRIC");
    }
    cleanup_free char *first = take_word(scanner);
    if (is_at_word(scanner) && !is_at_on(scanner)) {
        if (read_allocator(scanner, first, place, right)) {
            return -1;
        }
        place = scanner->at;
        cleanup_free char *second = take_word(scanner);
        return read_figure(scanner, second, place, right);
    }
    return strchr(first, '.') ? read_figure(scanner, first, place, right)
                              : read_allocator(scanner, first, place, right);
}

/* What is left out is taken over from the left side; the rest must be comparable with it. */
static int complete_peer(struct scanner *scanner, struct claim *claim, size_t place)
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
        return fail(scanner, right->phase_place, NULL, "'%s' is in %s and '%s' in %s", one->name,
                    metric_unit_name(one->unit), other->name, metric_unit_name(other->unit));
    }
    bool is_same_allocator =
        right->allocator[0] == '\0' || strcmp(left->allocator, right->allocator) == 0;
    if (is_same_allocator && left->metric == right->metric &&
        strcmp(left->phase, right->phase) == 0) {
        return fail(scanner, place, NULL, "it compares a figure with itself");
    }
    return 0;
}

static int read_right(struct scanner *scanner, struct claim *claim)
{
    size_t place = scanner->at;
    double number = 0;
    if (read_number(scanner, &number)) {
        return -1;
    }
    skip_blanks(scanner);
    if (scanner->text[scanner->at] != '*') {
        claim->bound = number;
        return read_bound(scanner, claim);
    }
    if (number == 0) {
        return fail(scanner, place, NULL, "a factor is above 0");
    }
    claim->factor = number;
    scanner->at++;
    skip_blanks(scanner);
    place = scanner->at;
    return read_peer(scanner, &claim->right) || complete_peer(scanner, claim, place) ? -1 : 0;
}

/* ---- on WORKLOAD ---- */

static bool is_control(char letter)
{
    return ((unsigned char)letter < 0x20) || letter == 0x7f;
}

/* The rest of the text, without the blanks around it: a file's name may have blanks in it. */
static int read_workload(struct scanner *scanner, struct claim *claim)
{
    const char *text = scanner->text;
    if (text[scanner->at] == '\0') {
        claim->workload = text_copy("");
        return 0;
    }
    if (!is_at_on(scanner)) {
        return fail(scanner, scanner->at, NULL,
                    "here the claim should be at its end, or 'on WORKLOAD' follow");
    }
    scanner->at += 2;
    skip_blanks(scanner);
    size_t end = strlen(text);
    while (end > scanner->at && strchr(blanks, text[end - 1])) {
        end--;
    }
    if (end == scanner->at) {
        return fail(scanner, end, NULL, "behind 'on' stands no workload");
    }
    for (size_t i = scanner->at; i < end; i++) {
        if (is_control(text[i])) {
            return fail(scanner, i, NULL, "a workload's name has no control characters");
        }
    }
    claim->workload = text_format("%.*s", (int)(end - scanner->at), text + scanner->at);
    claim->workload_place = scanner->at;
    return 0;
}

/* ---- the whole ---- */

static int read_claim(struct scanner *scanner, struct claim *claim)
{
    if (strlen(scanner->text) > CLAIM_LENGTH) {
        return fail(scanner, CLAIM_LENGTH, NULL, "it is longer than %d bytes", CLAIM_LENGTH);
    }
    skip_blanks(scanner);
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
    struct scanner scanner = {.text = text, .is_claim = true, .err = err};
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

static void clear_figure(struct claim_figure *figure)
{
    free(figure->allocator);
    free(figure->phase);
}

void claim_clear(struct claim *claim)
{
    free(claim->text);
    free(claim->title);
    free(claim->source);
    free(claim->workload);
    clear_figure(&claim->left);
    clear_figure(&claim->right);
    *claim = (struct claim){0};
}

/* ---- printing ---- */

const char *claim_relation_name(enum claim_relation relation)
{
    return relation == CLAIM_AT_MOST ? "<=" : ">=";
}

/* The shortest decimal that is read as this number, or NULL if it has too many digits. */
static char *print_number(double number)
{
    for (int decimals = 0; decimals <= MOST_DIGITS; decimals++) {
        char *text = text_format("%.*f", decimals, number);
        size_t count = strlen(text) - (decimals > 0);
        if (count <= MOST_DIGITS && strtod(text, NULL) == number) {
            return text;
        }
        free(text);
    }
    return NULL;
}

/* In the unit that makes it shortest; of two, in the larger one that does not make it less than 1.
 * Units are powers of two, so a number loses nothing by them. */
static char *print_bound(double bound, bool is_bytes)
{
    char *best = NULL;
    bool is_fraction = false;
    for (size_t i = is_bytes ? 0 : UNITS - 1; i < UNITS; i++) {
        cleanup_free char *number = print_number(bound / units[i].bytes);
        if (!number) {
            continue;
        }
        char *text = text_format("%s%s", number, units[i].name);
        size_t length = strlen(text), shortest = best ? strlen(best) : SIZE_MAX;
        if (length < shortest || (length == shortest && is_fraction)) {
            free(best);
            best = text;
            is_fraction = bound < units[i].bytes;
        } else {
            free(text);
        }
    }
    return best ? best : text_format("%.0f", bound);
}

static char *print_peer(const struct claim *claim)
{
    const struct claim_figure *left = &claim->left, *right = &claim->right;
    bool is_same_figure = strcmp(left->phase, right->phase) == 0 && left->metric == right->metric;
    cleanup_free char *factor = print_number(claim->factor);
    /* An allocator with a dot in its name would be read as PHASE.METRIC if it stood alone. */
    bool needs_figure = !is_same_figure || strchr(right->allocator, '.');
    bool needs_both = needs_figure && right->allocator[0];
    return text_format("%s * %s%s%s%s%s", factor ? factor : "1", right->allocator,
                       needs_both ? " " : "", needs_figure ? right->phase : "",
                       needs_figure ? "." : "",
                       needs_figure ? metric_table[right->metric].name : "");
}

char *claim_print(const struct claim *claim)
{
    const struct claim_figure *left = &claim->left;
    bool is_bytes = metric_table[left->metric].unit == UNIT_BYTES;
    cleanup_free char *right =
        claim->is_budget ? print_bound(claim->bound, is_bytes) : print_peer(claim);
    return text_format("%s%s%s.%s %s %s%s%s", left->allocator, left->allocator[0] ? " " : "",
                       left->phase, metric_table[left->metric].name,
                       claim_relation_name(claim->relation), right,
                       claim->workload[0] ? " on " : "", claim->workload);
}

/* ---- against a plan ---- */

static int check_allocator(const struct claim *claim, const struct claim_figure *figure,
                           const struct plan *plan, struct error *err)
{
    const char *name = figure->allocator;
    if (!name || name[0] == '\0' || plan_setting(plan, name)) {
        return 0;
    }
    cleanup_free char *hint = plan_setting_hint(plan, name);
    error_set(err, "the claim names the allocator '%s', which is not in this run", name);
    error_excerpt(err, claim->text, figure->allocator_place);
    return error_hint(err, "%s", hint);
}

/* That a claim about every allocator has another one than that of its right side. */
static int check_others(const struct claim *claim, const struct plan *plan, struct error *err)
{
    const struct claim_figure *left = &claim->left, *right = &claim->right;
    if (claim->is_budget || left->allocator[0] || right->allocator[0] == '\0') {
        return 0;
    }
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (strcmp(plan->settings[i].name, right->allocator) != 0) {
            return 0;
        }
    }
    error_set(err, "the claim compares '%s' with all others, and there is no other in this run",
              right->allocator);
    error_excerpt(err, claim->text, right->allocator_place);
    return error_hint(err, "add one with -a NAME");
}

static int check_workload(const struct claim *claim, const struct plan *plan, struct error *err)
{
    struct text_list names = {0};
    for (size_t i = 0; i < plan->workload_count; i++) {
        if (claim->workload[0] == '\0' || strcmp(plan->workloads[i].name, claim->workload) == 0) {
            text_list_clear(&names);
            return 0;
        }
        text_list_add(&names, plan->workloads[i].name);
    }
    cleanup_free char *near =
        text_nearest(claim->workload, (const char *const *)names.items, names.count);
    cleanup_free char *all = text_join(&names, ", ");
    text_list_clear(&names);
    error_set(err, "the claim is about the workload '%s', which is not in this run",
              claim->workload);
    error_excerpt(err, claim->text, claim->workload_place);
    return near ? error_hint(err, "did you mean %s?", near)
                : error_hint(err, "this run has %s", all);
}

/* A script has no phases but the built-in ones. */
static bool may_have_phases(const struct claim *claim, const struct plan *plan)
{
    for (size_t i = 0; i < plan->workload_count; i++) {
        const struct workload *workload = &plan->workloads[i];
        bool is_meant = claim->workload[0] == '\0' || strcmp(workload->name, claim->workload) == 0;
        if (is_meant && !workload->is_script) {
            return true;
        }
    }
    return false;
}

static int check_phase(const struct claim *claim, const struct claim_figure *figure,
                       const struct plan *plan, struct error *err)
{
    if (phase_is_built_in(figure->phase) || may_have_phases(claim, plan)) {
        return 0;
    }
    cleanup_free char *near = text_nearest(figure->phase, phase_built_in, PHASE_BUILT_IN_COUNT);
    error_set(err, "the claim names the phase '%s', which a script does not have", figure->phase);
    error_excerpt(err, claim->text, figure->phase_place);
    return error_hint(err, "%s%s%sa script has start, end, settled, collected, released",
                      near ? "did you mean " : "", near ? near : "", near ? "? " : "");
}

int claim_check(const struct claim *claim, const struct plan *plan, struct error *err)
{
    if (check_workload(claim, plan, err) || check_allocator(claim, &claim->left, plan, err) ||
        check_phase(claim, &claim->left, plan, err)) {
        return -1;
    }
    if (claim->is_budget) {
        return 0;
    }
    return check_allocator(claim, &claim->right, plan, err) ||
                   check_phase(claim, &claim->right, plan, err) || check_others(claim, plan, err)
               ? -1
               : 0;
}
