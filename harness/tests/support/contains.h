/* Fails the running test unless a text holds a part (or unless it does not), and shows both. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

static inline void contains_check(const char *text, const char *part, bool is_wanted,
                                  const char *file, int line)
{
    bool is_there = text && strstr(text, part);
    if (is_there != is_wanted) {
        print_error("'%s' should %sbe in '%s'\n", part, is_wanted ? "" : "not ",
                    text ? text : "(null)");
        _fail(file, line);
    }
}

#define assert_contains(text, part) contains_check(text, part, true, __FILE__, __LINE__)
#define assert_lacks(text, part) contains_check(text, part, false, __FILE__, __LINE__)
