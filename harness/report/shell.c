#include "report/shell.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"

enum kind { KIND_PLAIN, KIND_QUOTED, KIND_ESCAPED };

static bool is_strange(uint32_t character)
{
    return character == UTF8_BROKEN || utf8_is_control(character);
}

static enum kind kind_of(const char *argument)
{
    enum kind kind = *argument == '\0' || *argument == '~' ? KIND_QUOTED : KIND_PLAIN;
    for (size_t left = strlen(argument); left > 0;) {
        uint32_t character;
        size_t taken = utf8_decode(argument, left, &character);
        bool is_safe =
            character < 0x80 && (isalnum((int)character) || strchr("_@%+=:,./-~", (int)character));
        if (is_strange(character)) {
            return KIND_ESCAPED;
        }
        if (!is_safe) {
            kind = KIND_QUOTED;
        }
        argument += taken;
        left -= taken;
    }
    return kind;
}

static void put_quoted(FILE *out, const char *argument)
{
    putc('\'', out);
    for (; *argument != '\0'; argument++) {
        if (*argument == '\'') {
            fputs("'\\''", out);
        } else {
            putc(*argument, out);
        }
    }
    putc('\'', out);
}

/* In octal, which ends by itself after three digits. */
static void put_escaped(FILE *out, const char *argument)
{
    fputs("$'", out);
    for (size_t left = strlen(argument); left > 0;) {
        uint32_t character;
        size_t taken = utf8_decode(argument, left, &character);
        for (size_t i = 0; i < taken; i++) {
            if (is_strange(character)) {
                fprintf(out, "\\%03o", (unsigned char)argument[i]);
            } else {
                fputs(argument[i] == '\'' || argument[i] == '\\' ? "\\" : "", out);
                putc(argument[i], out);
            }
        }
        argument += taken;
        left -= taken;
    }
    putc('\'', out);
}

static void put_argument(FILE *out, const char *argument)
{
    switch (kind_of(argument)) {
    case KIND_PLAIN:
        fputs(argument, out);
        break;
    case KIND_QUOTED:
        put_quoted(out, argument);
        break;
    case KIND_ESCAPED:
        put_escaped(out, argument);
        break;
    }
}

static FILE *open_text(char **text, size_t *size)
{
    FILE *out = open_memstream(text, size);
    if (!out) {
        abort();
    }
    return out;
}

char *shell_quote(const char *argument)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_text(&text, &size);
    put_argument(out, argument);
    fclose(out);
    return text;
}

/* What stands behind "--" belongs to the workload. */
static bool has_seed(const struct text_list *command)
{
    for (size_t i = 1; i < command->count && strcmp(command->items[i], "--") != 0; i++) {
        const char *item = command->items[i];
        if (strcmp(item, "--seed") == 0 || text_starts_with(item, "--seed=")) {
            return true;
        }
    }
    return false;
}

char *shell_repeat(const struct text_list *command, uint64_t seed)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_text(&text, &size);
    bool is_sub_command = command->count > 0 && strcmp(command->items[0], "run") == 0;
    fputs(is_sub_command || command->count == 0 ? "membench run" : "", out);
    if (!is_sub_command && command->count > 0) {
        put_argument(out, command->items[0]);
    }
    if (!has_seed(command)) {
        fprintf(out, " --seed %" PRIu64, seed);
    }
    for (size_t i = 1; i < command->count; i++) {
        putc(' ', out);
        put_argument(out, command->items[i]);
    }
    fclose(out);
    return text;
}
