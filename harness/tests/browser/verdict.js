/* The sentences that the page begins with, each held against its own row of comparisons.csv, or of
 * summary.csv where nothing was compared. */
'use strict';

const assert = require('node:assert/strict');

/* In the page. */
const collect = () =>
    Array.from(document.querySelectorAll('#verdict .headline'), (element) => {
        const said = element.querySelector('.said');
        const textOf = (node) => (node ? node.textContent.replaceAll('\u00A0', ' ') : '');
        return { ...element.dataset, text: textOf(said), size: textOf(said.querySelector('.size')) };
    });

const WORST_FIRST = ['not measured', 'refuted', 'inconclusive', 'confirmed'];
const AFTER_HOLM = ' (after Holm)';

const UNITS = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, ms: 0.001, s: 1 };

const number = (text) => (text ? Number(text) : null);
const bare = (word) => word.replace(AFTER_HOLM, '');
const places = (row) => [row.workload, row.params, row.object_allocator].join('\n');

/* Names as both files write them: CSV defuses a formula, each has its own blanks and signs for what
 * cannot be shown, and a sentence cuts a long name. */
const plain = (text) => text.replace(/[\s\uFEFF\uFFFD]+/g, '');
const nameOf = (field) => plain(field.replace(/^'(?=[=+\-@\s])/, '')).slice(0, 100);

const isNamed = (row, text) => {
    const [candidate, baseline, workload] = [row.candidate, row.baseline, row.workload].map(nameOf);
    const names = row.kind === 'comparison'
        ? [`:${candidate}${row.metric}against${baseline}on${workload}`]
        : [candidate, workload];
    return names.every((name) => plain(text).includes(name)) &&
        text.includes(' without pymalloc') === (row.object_allocator === 'malloc');
};

const wordOf = (row) => (row.reason === 'after_holm' ? row.verdict + AFTER_HOLM : row.verdict);

const isTold = (row, { word, value, low, high, n }) =>
    wordOf(row) === word &&
    number(row.estimate) === number(value) && number(row.lower) === number(low) &&
    number(row.upper) === number(high) && number(row.n) === number(n);

/* "1.01 [1.00, 1.02]", "119.1 MiB [118.0, 120.1]", "left minus right +1.0 KiB exactly": each figure
 * is the row's, rounded to as many decimals. */
const checkSize = ({ text, size, n }, row) => {
    const match = size.match(/^(?:left minus right )?([+-]?[\d.]+)(?: (KiB|MiB|ms|s))?(?: (?:\[([+-]?[\d.]+), ([+-]?[\d.]+)\]|exactly))?$/);
    assert.ok(match, `'${size}' of '${text}' is a size`);
    const [, estimate, unit = '', low, high] = match;
    const check = (shown, exact) => {
        const slack = 0.5 * 10 ** -(shown.split('.')[1] || '').length * (1 + 1e-9) + 1e-12;
        assert.ok(exact !== '' && Math.abs(Number(exact) / UNITS[unit] - Number(shown)) <= slack,
            `'${shown}' of '${text}' is ${exact}`);
    };
    check(estimate, row.estimate);
    if (low !== undefined) {
        check(low, row.lower);
        check(high, row.upper);
    } else if (size.endsWith(' exactly')) {
        assert.equal(row.exact, '1', `'${text}' is exact`);
    } else {
        const isOpen = !row.lower || !row.upper || (row.scale === 'ratio' && Number(row.lower) <= 0);
        assert.ok(isOpen || row.kind === 'summary', `'${text}' keeps its interval back`);
    }
    assert.ok(text.includes(`: ${size}, n = ${n}`), `'${text}' says '${size}' and n = ${n}`);
};

const checkHeadline = (headline, rows) => {
    const { word, text, size } = headline;
    const [, said] = text.match(/^\S+ ([^:]+): /) || [];
    assert.equal(said, word, `'${text}' says '${word}'`);
    const row = rows.find((one) => isNamed(one, text) && isTold(one, headline));
    assert.ok(row, `no row of ${JSON.stringify(rows)} is ${JSON.stringify(headline)}`);
    if (row.estimate) {
        checkSize(headline, row);
    } else {
        assert.equal(size, '', `'${text}' has no size`);
    }
};

/* What an allocator holds, as if it were compared with nothing. */
const measuredOf = (summary) =>
    summary.filter(({ figure }) => figure === 'settled.anon').map((row) => ({
        ...row, kind: 'summary', baseline: '', candidate: row.median ? row.allocator : '', reason: '',
        verdict: row.median ? 'measured' : 'not measured',
        estimate: row.median, lower: null, upper: null, n: row.median ? row.count : '',
    }));

/* Of claims there is a headline each, the worst first; of comparisons one for each workload and
 * object allocator. Where nothing was compared a headline tells a size alone. */
const check = (headlines, comparisons, summary) => {
    assert.ok(headlines.length > 0, 'there is a headline');
    const claims = comparisons.filter((row) => row.kind === 'claim');
    if (claims.length > 0) {
        const texts = [...new Set(claims.map((row) => row.claim))];
        const ranks = headlines.map(({ word }) => WORST_FIRST.indexOf(bare(word)));
        assert.deepEqual(headlines.map(({ claim }) => Number(claim)).sort((a, b) => a - b), [...texts.keys()]);
        assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b), 'the worst stands first');
        for (const headline of headlines) {
            checkHeadline(headline, claims.filter((row) => row.claim === texts[headline.claim]));
        }
        return;
    }
    const compared = comparisons.filter((row) => row.metric === 'settled.anon');
    const rows = compared.length > 0 ? compared : measuredOf(summary);
    assert.equal(headlines.length, new Set(rows.map(compared.length > 0 ? places : (row) => row.workload)).size);
    for (const headline of headlines) {
        checkHeadline(headline, rows);
    }
};

module.exports = { collect, check };
