/* Values of report.json: what is absent or endless is null, never 0; whole numbers are integers,
 * others have up to nine decimals; text of others is valid UTF-8. */
#pragma once

#include <jansson.h>

/* NULL and "" are null. What is no UTF-8 becomes U+FFFD. */
json_t *document_text(const char *text);
json_t *document_number(double value);
/* 0 is null: there is none. */
json_t *document_count(size_t count);

/* Whatever text it is named by; the value is taken over. */
void document_set(json_t *object, const char *name, json_t *value);

struct text_list;
json_t *document_texts(const struct text_list *list);
