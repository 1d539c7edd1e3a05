#include "report/document_verdicts.h"

#include <string.h>

#include "report/document_value.h"
#include "report/verdict_rows.h"
#include "report/verdict_words.h"

static json_t *number_if(bool is_there, double number)
{
    return is_there ? document_number(number) : json_null();
}

static void describe(json_t *object, const struct verdict_row *row)
{
    bool is_there = row->scale != NULL;
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"estimate", row->estimate},
                   {"lower", row->lower},
                   {"upper", row->upper},
                   {"alpha", row->alpha},
                   {"p", row->p},
                   {"adjusted_p", row->adjusted_p},
                   {"low_edge", row->low_edge},
                   {"high_edge", row->high_edge},
                   {"visible", row->visible},
                   {"baseline_spread", row->baseline_spread},
                   {"candidate_spread", row->candidate_spread}};
    document_set(object, "metric", document_text(row->metric));
    document_set(object, "unit", document_text(row->unit));
    document_set(object, "baseline", document_text(row->baseline));
    document_set(object, "candidate", document_text(row->candidate));
    document_set(object, "n", number_if(is_there, (double)row->n));
    document_set(object, "scale", document_text(row->scale));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        document_set(object, numbers[i].name, number_if(is_there, numbers[i].value));
    }
    document_set(object, "exact", is_there ? json_boolean(row->is_exact) : json_null());
    document_set(object, "gate", document_text(row->gate));
    document_set(object, "verdict", document_text(row->verdict));
    document_set(object, "reason", document_text(row->reason));
    document_set(object, "notes", document_text(row->notes));
}

static void add_comparison(void *context, const struct verdict_row *row)
{
    json_t *object = json_object();
    describe(object, row);
    json_array_append_new(context, object);
}

json_t *document_comparisons(const struct verdicts *verdicts,
                             const struct summary_workload *workload,
                             enum object_allocator object_allocator)
{
    json_t *array = json_array();
    const struct verdicts_group *group =
        verdicts_find_group(verdicts, workload->name, workload->parameters, object_allocator);
    if (group) {
        verdict_rows_of_group(group, add_comparison, array);
    }
    return array;
}

static void add_case(void *context, const struct verdict_row *row)
{
    json_t *object = json_object();
    document_set(object, "workload", document_text(row->workload));
    document_set(object, "params", document_text(row->parameters));
    document_set(object, "object_allocator", document_text(row->object_allocator));
    describe(object, row);
    json_array_append_new(context, object);
}

json_t *document_claims(const struct verdicts *verdicts)
{
    json_t *array = json_array();
    for (size_t i = 0; i < verdicts->claim_count; i++) {
        const struct verdicts_claim *claim = &verdicts->claims[i];
        json_t *object = json_object(), *cases = json_array();
        document_set(object, "claim", document_text(claim->claim.text));
        document_set(object, "title", document_text(claim->claim.title));
        document_set(object, "source", document_text(claim->claim.source));
        document_set(object, "verdict", document_text(verdict_words_claim_outcome(claim)));
        verdict_rows_of_claim(claim, add_case, cases);
        document_set(object, "cases", cases);
        json_array_append_new(array, object);
    }
    return array;
}
