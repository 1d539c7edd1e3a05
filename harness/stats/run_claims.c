#include "stats/run_claims.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static struct verdicts_judgement *add_judgement(struct verdicts_claim *claim,
                                                const struct observations_key *left,
                                                const char *left_name, const char *right_name)
{
    claim->judgements =
        text_grow(claim->judgements, claim->judgement_count + 1, sizeof *claim->judgements);
    struct verdicts_judgement *judgement = &claim->judgements[claim->judgement_count++];
    *judgement = (struct verdicts_judgement){
        .workload = text_copy(left->workload->name),
        .parameters = workload_parameters_text(left->workload),
        .object_allocator = left->object_allocator,
        .left = text_copy(left_name),
        .right = text_copy(right_name),
        .adjusted_p = METRIC_ABSENT,
    };
    return judgement;
}

static struct judgement_question question_of(const struct verdicts_claim *claim,
                                             const struct plan *plan,
                                             const struct observations *left)
{
    const struct claim *said = &claim->claim;
    return (struct judgement_question){
        .left = left->values,
        .left_count = left->count,
        .is_at_least = said->relation == CLAIM_AT_LEAST,
        .bound = said->is_budget ? said->bound : said->factor,
        .looks = verdicts_looks(plan->options),
    };
}

static void judge_budget(struct verdicts_claim *claim, const struct observations_source *source,
                         const struct observations_key *left_key)
{
    struct verdicts_judgement *judgement =
        add_judgement(claim, left_key, left_key->setting->name, "");
    struct observations left;
    observations_read(&left, source, left_key);
    if (left.missing) {
        judgement->missing = text_copy(left.missing);
    } else {
        struct judgement_question question = question_of(claim, source->plan, &left);
        question.seed = observations_seed(source, left_key, "", claim->claim.text);
        judgement_make(&judgement->result, &question);
        judgement->left_shape = shape_of(left.values, left.count);
    }
    observations_clear(&left);
}

static void judge_against(struct verdicts_claim *claim, const struct observations_source *source,
                          const struct observations_key *left_key,
                          const struct observations_key *right_key)
{
    struct verdicts_judgement *judgement =
        add_judgement(claim, left_key, left_key->setting->name, right_key->setting->name);
    struct observations left, right;
    bool is_paired = left_key->setting == right_key->setting || comparison_pairs(left_key->metric);
    observations_read_both(&left, &right, source, left_key, right_key, is_paired);
    if (left.missing || right.missing) {
        judgement->missing = text_copy(left.missing ? left.missing : right.missing);
    } else {
        struct judgement_question question = question_of(claim, source->plan, &left);
        question.right = right.values;
        question.right_count = right.count;
        question.is_paired = is_paired;
        question.seed =
            observations_seed(source, left_key, right_key->setting->name, claim->claim.text);
        judgement_make(&judgement->result, &question);
        judgement->left_shape = shape_of(left.values, left.count);
        judgement->right_shape = shape_of(right.values, right.count);
    }
    observations_clear(&left);
    observations_clear(&right);
}

static void miss(struct verdicts_claim *claim, const struct observations_key *key,
                 const char *allocator)
{
    const struct claim *said = &claim->claim;
    struct verdicts_judgement *judgement = add_judgement(
        claim, key, said->left.allocator, said->is_budget ? "" : said->right.allocator);
    judgement->missing = text_format("'%s' is no allocator of this run", allocator);
}

/* `key` says all but phase and metric. */
static void judge(struct verdicts_claim *claim, const struct observations_source *source,
                  struct observations_key key)
{
    const struct claim *said = &claim->claim;
    key.phase = said->left.phase;
    key.metric = said->left.metric;
    if (said->is_budget) {
        judge_budget(claim, source, &key);
        return;
    }
    struct observations_key right = key;
    right.phase = said->right.phase;
    right.metric = said->right.metric;
    if (said->right.allocator[0] != '\0') {
        right.setting = plan_setting(source->plan, said->right.allocator);
    }
    if (right.setting) {
        judge_against(claim, source, &key, &right);
    } else {
        miss(claim, &key, said->right.allocator);
    }
}

/* On every allocator that the claim speaks of. */
static void judge_allocators(struct verdicts_claim *claim, const struct observations_source *source,
                             struct observations_key key)
{
    const struct plan *plan = source->plan;
    const struct claim *said = &claim->claim;
    const char *left = said->left.allocator;
    const char *right = said->is_budget ? "" : said->right.allocator;
    bool is_found = false;
    for (size_t i = 0; i < plan->setting_count; i++) {
        const char *name = plan->settings[i].name;
        key.setting = &plan->settings[i];
        bool is_meant = left[0] != '\0' ? strcmp(name, left) == 0 : strcmp(name, right) != 0;
        if (is_meant) {
            judge(claim, source, key);
            is_found = true;
        }
    }
    if (!is_found && left[0] != '\0') {
        miss(claim, &key, left);
    }
}

static void judge_claim(struct verdicts_claim *claim, const struct observations_source *source)
{
    const struct plan *plan = source->plan;
    const char *workload = claim->claim.workload;
    for (size_t w = 0; w < plan->workload_count; w++) {
        for (int o = 0; o < OBJECT_ALLOCATOR_COUNT; o++) {
            struct observations_key key = {.workload = &plan->workloads[w],
                                           .object_allocator = (enum object_allocator)o};
            bool is_meant = workload[0] == '\0' || strcmp(workload, key.workload->name) == 0;
            if (is_meant && observations_have(source, &key)) {
                judge_allocators(claim, source, key);
            }
        }
    }
    if (claim->judgement_count == 0) {
        claim->missing = text_copy("nothing that it speaks of was run");
    }
}

/* Of a text that was parsed before: what a plan holds is what a run is judged by. */
static int copy_claim(struct claim *copy, const struct claim *claim)
{
    struct error err;
    if (claim_parse(copy, claim->text, NULL, &err)) {
        return -1;
    }
    free(copy->title);
    free(copy->source);
    copy->title = text_copy(claim->title);
    copy->source = text_copy(claim->source);
    return 0;
}

void run_claims_add(struct verdicts *verdicts, const struct observations_source *source)
{
    const struct options *options = source->plan->options;
    for (size_t i = 0; i < options->claim_count; i++) {
        verdicts->claims =
            text_grow(verdicts->claims, verdicts->claim_count + 1, sizeof *verdicts->claims);
        struct verdicts_claim *claim = &verdicts->claims[verdicts->claim_count];
        *claim = (struct verdicts_claim){0};
        if (copy_claim(&claim->claim, &options->claims[i]) == 0) {
            verdicts->claim_count++;
            judge_claim(claim, source);
        }
    }
}
