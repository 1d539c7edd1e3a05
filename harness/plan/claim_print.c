#include "plan/claim_print.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/claim_number.h"

static const char *relation_name(enum claim_relation relation)
{
    return relation == CLAIM_AT_MOST ? "<=" : ">=";
}

static char *print_peer(const struct claim *claim)
{
    const struct claim_figure *left = &claim->left, *right = &claim->right;
    bool is_same_figure = strcmp(left->phase, right->phase) == 0 && left->metric == right->metric;
    cleanup_free char *factor = claim_number_print(claim->factor);
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
        claim->is_budget ? claim_number_print_bound(claim->bound, is_bytes) : print_peer(claim);
    return text_format("%s%s%s.%s %s %s%s%s", left->allocator, left->allocator[0] ? " " : "",
                       left->phase, metric_table[left->metric].name, relation_name(claim->relation),
                       right, claim->workload[0] ? " on " : "", claim->workload);
}
