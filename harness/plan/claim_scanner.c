#include "plan/claim_scanner.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/claim.h"

const char claim_scanner_blanks[] = " \t\r\n";
const char claim_scanner_word_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

int claim_scanner_fail(struct claim_scanner *scanner, size_t place, const char *near,
                       const char *format, ...)
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

void claim_scanner_skip_blanks(struct claim_scanner *scanner)
{
    scanner->at += strspn(scanner->text + scanner->at, claim_scanner_blanks);
}

char *claim_scanner_take_word(struct claim_scanner *scanner)
{
    size_t length = strspn(scanner->text + scanner->at, claim_scanner_word_letters);
    char *word = text_format("%.*s", (int)length, scanner->text + scanner->at);
    scanner->at += length;
    claim_scanner_skip_blanks(scanner);
    return word;
}

bool claim_scanner_is_at_word(const struct claim_scanner *scanner)
{
    return scanner->text[scanner->at] != '\0' &&
           strchr(claim_scanner_word_letters, scanner->text[scanner->at]) != NULL;
}

bool claim_scanner_is_at_on(const struct claim_scanner *scanner)
{
    const char *at = scanner->text + scanner->at;
    return strspn(at, claim_scanner_word_letters) == 2 && text_starts_with(at, "on");
}
