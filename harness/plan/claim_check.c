#include "plan/claim_check.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "measure/phase.h"

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
