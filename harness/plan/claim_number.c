#include "plan/claim_number.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/claim_scanner.h"

/* A decimal of so many digits comes back from a double as it was written (IEEE 754, DBL_DIG). */
enum { MOST_DIGITS = 15 };

static const char digits[] = "0123456789";
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

static const struct unit {
    const char *name;
    double bytes;
} units[] = {{"GiB", 0x1p30}, {"MiB", 0x1p20}, {"KiB", 0x1p10}, {"", 1}};
enum { UNITS = sizeof units / sizeof *units };

/* ---- reading ---- */

static bool is_letter(char letter)
{
    return letter != '\0' && strchr(letters, letter) != NULL;
}

int claim_number_read(struct claim_scanner *scanner, double *number)
{
    const char *at = scanner->text + scanner->at;
    size_t whole = strspn(at, digits), length = whole, count = whole;
    if (is_letter(*at)) {
        cleanup_free char *meant =
            text_format("'1 * %.*s'", (int)strspn(at, claim_scanner_word_letters) % 65, at);
        return claim_scanner_fail(scanner, scanner->at, meant, "here should stand a number");
    }
    if (whole == 0) {
        return claim_scanner_fail(scanner, scanner->at, NULL, "%s",
                                  *at == '-' || *at == '+' ? "a number has no sign"
                                  : *at == '.'             ? "a number begins with a digit"
                                                           : "here should stand a number");
    }
    if (at[whole] == '.') {
        size_t fraction = strspn(at + whole + 1, digits);
        if (fraction == 0) {
            return claim_scanner_fail(scanner, scanner->at + whole, NULL,
                                      "behind the point stands no digit");
        }
        length += 1 + fraction;
        count += fraction;
    }
    if (count > MOST_DIGITS) {
        return claim_scanner_fail(scanner, scanner->at, NULL, "a number has at most %d digits",
                                  MOST_DIGITS);
    }
    cleanup_free char *text = text_format("%.*s", (int)length, at);
    *number = strtod(text, NULL);
    scanner->at += length;
    return 0;
}

static int wrong_unit(struct claim_scanner *scanner, const char *word, size_t place,
                      enum metric metric)
{
    static const char *const names[] = {"KiB", "MiB", "GiB"};
    if (metric_table[metric].unit != UNIT_BYTES) {
        return claim_scanner_fail(
            scanner, place, NULL, "'%s' is a number of unit '%s' and takes no other",
            metric_table[metric].name, metric_unit_name(metric_table[metric].unit));
    }
    if ((word[0] == 'e' || word[0] == 'E') && word[1] == '\0') {
        return claim_scanner_fail(scanner, place, NULL, "a number has no exponent");
    }
    cleanup_free char *near = text_nearest(word, names, sizeof names / sizeof *names);
    return claim_scanner_fail(scanner, place, near ? near : "'KiB', 'MiB' or 'GiB'",
                              "unknown unit '%.32s'", word);
}

int claim_number_read_unit(struct claim_scanner *scanner, enum metric metric, double *bound)
{
    size_t place = scanner->at, length = strspn(scanner->text + place, letters);
    cleanup_free char *word = text_format("%.*s", claim_scanner_is_at_on(scanner) ? 0 : (int)length,
                                          scanner->text + place);
    scanner->at += strlen(word);
    claim_scanner_skip_blanks(scanner);
    bool is_bytes = metric_table[metric].unit == UNIT_BYTES;
    for (size_t i = 0; i < UNITS; i++) {
        if (strcmp(units[i].name, word) == 0 && (is_bytes || word[0] == '\0')) {
            *bound *= units[i].bytes;
            return 0;
        }
    }
    return wrong_unit(scanner, word, place, metric);
}

/* ---- printing ---- */

char *claim_number_print(double number)
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

char *claim_number_print_bound(double bound, bool is_bytes)
{
    char *best = NULL;
    bool is_fraction = false;
    for (size_t i = is_bytes ? 0 : UNITS - 1; i < UNITS; i++) {
        cleanup_free char *number = claim_number_print(bound / units[i].bytes);
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
