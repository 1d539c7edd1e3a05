/* What the page says in figures, held against the CSV files that lie beside it. */
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const csv = require('./csv.js');

const load = (directory, name) => {
    const file = join(directory, `${name}.csv`);
    return existsSync(file) ? csv.load(file) : [];
};

/* Objects by type are no metric, so they are in a file of their own, and their shares in none:
 * they follow from it. */
const sharesOf = (census) => {
    const shares = [];
    for (const trial of new Set(census.map((row) => row.trial))) {
        const rows = census.filter((row) => row.trial === trial);
        for (const name of ['objects', 'bytes']) {
            const numbers = rows.map((row) => Number(row[name])).sort((a, b) => b - a);
            const whole = numbers.reduce((sum, number) => sum + number, 0);
            let sum = 0;
            shares.push(...numbers.flatMap((number) => [number / whole, (sum += number) / whole]));
        }
    }
    return shares;
};

/* All numbers of the CSV files, sorted. */
const numbersOf = (directory) => {
    const census = load(directory, 'census');
    const numbers = new Set(sharesOf(census));
    for (const row of ['samples', 'summary', 'comparisons'].flatMap((name) => load(directory, name)).concat(census)) {
        for (const text of Object.values(row)) {
            if (/^-?\d+(\.\d+)?(e[-+]\d+)?$/.test(text)) {
                numbers.add(Number(text));
            }
        }
    }
    return Float64Array.from(numbers).sort();
};

const isIn = (sorted, value) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (sorted[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* Small ones are written with nine decimals. */
    const near = (other) => Math.abs(other - value) <= Math.max(1e-9 * Math.abs(value), 1.01e-9);
    return near(sorted[low]) || near(sorted[low - 1]);
};

/* In the page: every data-value, -low and -high with where it stands. */
const collectValues = () =>
    ['value', 'low', 'high', 'seconds'].flatMap((name) =>
        Array.from(document.querySelectorAll(`[data-${name}]`), (element) => ({
            name,
            value: element.dataset[name],
            where: `${(element.closest('table, figure') || element).querySelector('caption, figcaption')
                ?.textContent.slice(0, 40)}: ${element.outerHTML.slice(0, 160)}`,
        })));

/* In the page: cells of tables of figures whose text is a number, or holds one in its <small>, and
 * that do not tell it exactly. A number is shown in its column's unit, and rounded. */
const findUnfaithful = () => {
    const sizes = { MiB: 2 ** 20, KiB: 2 ** 10 };
    const wrong = [];
    const check = (element, text, unit) => {
        const match = text.trim().replace('−', '-').match(/^[±+]?(-?\d+(?:\.(\d+))?) ?(%|MiB|KiB|s)?$/);
        if (!match) {
            return;
        }
        const [, number, decimals = '', own] = match;
        const size = own === '%' ? 0.01 : sizes[own || unit] || 1;
        const exact = Number(element.dataset.value) / size;
        const slack = 0.5 * 10 ** -decimals.length * (1 + 1e-9);
        if (!element.dataset.value || !(Math.abs(exact - Number(number)) <= slack)) {
            wrong.push(`${unit}: ${element.outerHTML.slice(0, 200)}`);
        }
    };
    for (const table of document.querySelectorAll('table.figures')) {
        const units = Array.from(table.querySelectorAll('thead th'), (heading) =>
            heading.querySelector('small')?.textContent.match(/\b[MK]iB\b/)?.[0] || '');
        for (const row of table.tBodies[0].rows) {
            let column = 0;
            for (const cell of row.cells) {
                const small = cell.querySelector('small');
                const text = Array.from(cell.childNodes).filter((node) => node.nodeType === Node.TEXT_NODE)
                    .map((node) => node.data).join('');
                if (cell.tagName === 'TD') {
                    check(cell, text, units[column]);
                    if (small && small.dataset.value) {
                        check(small, small.textContent, '');
                    }
                }
                column += cell.colSpan;
            }
        }
    }
    return wrong;
};

module.exports = { numbersOf, isIn, collectValues, findUnfaithful };
