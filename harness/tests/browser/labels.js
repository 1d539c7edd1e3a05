/* In the page: texts of pictures that leave their picture, or lie over each other. */
'use strict';

const findMisplaced = () => {
    const slack = 0.5;
    const wrong = [];
    for (const picture of document.querySelectorAll('svg')) {
        const { x, y, width, height } = picture.viewBox.baseVal;
        const frame = picture.getBoundingClientRect();
        const scale = frame.width / width;
        const labels = frame.width === 0 ? [] : Array.from(picture.querySelectorAll('text'), (text) => {
            const box = text.getBoundingClientRect();
            return {
                text: text.textContent,
                left: (box.left - frame.left) / scale + x,
                right: (box.right - frame.left) / scale + x,
                top: (box.top - frame.top) / scale + y,
                bottom: (box.bottom - frame.top) / scale + y,
            };
        }).filter((box) => box.right > box.left);
        const name = picture.closest('figure')?.querySelector('figcaption').textContent.slice(0, 30);
        for (const [i, a] of labels.entries()) {
            if (a.left < x - slack || a.top < y - slack || a.right > x + width + slack ||
                a.bottom > y + height + slack) {
                wrong.push(`${name}: '${a.text}' leaves the picture: ${JSON.stringify(a)}`);
            }
            for (const b of labels.slice(i + 1)) {
                if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack &&
                    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack) {
                    wrong.push(`${name}: '${a.text}' lies over '${b.text}': ${JSON.stringify([a, b])}`);
                }
            }
        }
    }
    return wrong;
};

module.exports = { findMisplaced };
