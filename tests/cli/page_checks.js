/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests ask a page. Lists are of complaints: empty is good. Each says what it is about, so
 * that a failed test can be mended without a look at the page.
 */

function all(selector, root) {
	return Array.from((root || document).querySelectorAll(selector));
}

function brief(text) {
	return text.trim().replace(/\s+/g, ' ').slice(0, 50);
}

function openAll() {
	all('details').forEach(function (details) {
		details.open = true;
	});
}

/* Colours: [red, green, blue, alpha], the first three of 255. */

function parseColour(text) {
	var numbers = /^rgba?\(([^)]*)\)$/.exec(text);

	if (!numbers) {
		throw new Error('a colour that is none of sRGB: ' + text);
	}
	numbers = numbers[1].split(/[\s,/]+/).map(Number);
	return numbers.length === 3 ? numbers.concat(1) : numbers;
}

function over(front, back) {
	return [0, 1, 2].map(function (i) {
		return front[i] * front[3] + back[i] * (1 - front[3]);
	}).concat(1);
}

function luminance(colour) {
	var linear = colour.slice(0, 3).map(function (value) {
		var part = value / 255;

		return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
	});

	return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function contrastOf(a, b) {
	var lights = [luminance(a), luminance(b)].sort(function (x, y) {
		return y - x;
	});

	return (lights[0] + 0.05) / (lights[1] + 0.05);
}

function background(element) {
	var layers = [], dark = matchMedia('(prefers-color-scheme: dark)').matches, style, colour;

	for (; element; element = element.parentElement) {
		style = getComputedStyle(element);
		if (style.backgroundImage !== 'none') {
			throw new Error('text on a picture: ' + element.tagName);
		}
		colour = parseColour(style.backgroundColor);
		if (colour[3] > 0) {
			layers.push(colour);
		}
		if (colour[3] === 1) {
			break;
		}
	}
	return layers.reduceRight(function (back, front) {
		return over(front, back);
	}, dark ? [18, 18, 18, 1] : [255, 255, 255, 1]);
}

function opacityOf(element) {
	var opacity = 1;

	for (; element; element = element.parentElement) {
		opacity *= Number(getComputedStyle(element).opacity);
	}
	return opacity;
}

function within(shape, box, x, y) {
	var point;

	if (x < box.left || x > box.right || y < box.top || y > box.bottom) {
		return false;
	}
	point = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
	return shape.isPointInFill(point);
}

/* What a picture painted below a text: each filled shape that comes before it. */
function paintedBelow(text, shapes, back) {
	var place = text.getBoundingClientRect(), middle = (place.top + place.bottom) / 2;
	var worst = null, colour = parseColour(getComputedStyle(text).fill);

	[place.left + 1, (place.left + place.right) / 2, place.right - 1].forEach(function (x) {
		var here = shapes.reduce(function (below, shape) {
			var before = shape.element.compareDocumentPosition(text) &
				Node.DOCUMENT_POSITION_FOLLOWING;

			return before && within(shape.element, shape.box, x, middle) ?
				over(shape.colour, below) : below;
		}, back);

		if (!worst || contrastOf(over(colour, here), here) <
				contrastOf(over(colour, worst), worst)) {
			worst = here;
		}
	});
	return worst;
}

function filledShapes(svg) {
	return all('path, rect, circle, ellipse, polygon, polyline', svg).filter(function (element) {
		return !element.closest('defs, clipPath, pattern') &&
			/^rgb/.test(getComputedStyle(element).fill);
	}).map(function (element) {
		var style = getComputedStyle(element), colour = parseColour(style.fill);

		colour[3] *= Number(style.fillOpacity) * opacityOf(element);
		return { element: element, colour: colour, box: element.getBoundingClientRect() };
	}).filter(function (shape) {
		return shape.colour[3] > 0 && shape.box.width > 0 && shape.box.height > 0;
	});
}

function judge(element, text, colour, back) {
	var style = getComputedStyle(element), size = parseFloat(style.fontSize);
	var large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
	var ratio;

	colour[3] *= opacityOf(element);
	ratio = contrastOf(over(colour, back), back);
	return ratio >= (large ? 3 : 4.5) ? null : element.tagName.toLowerCase() + '.' +
		(element.getAttribute('class') || '') + ' "' + brief(text) + '": ' +
		ratio.toFixed(2) + ', ' + style.color + ' on rgb(' + back.map(Math.round) + ')';
}

function visible(element) {
	return element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
}

/* Every text on the page and in its pictures: WCAG 2.2, 1.4.3. Gives { count, faults }. */
function contrast() {
	var walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	var faults = [], count = 0, back, element, node;

	function add(fault) {
		count += 1;
		if (fault) {
			faults.push(fault);
		}
	}

	while ((node = walker.nextNode())) {
		element = node.parentElement;
		if (/\S/.test(node.data) && !element.closest('svg, script, style') &&
				visible(element)) {
			add(judge(element, node.data, parseColour(getComputedStyle(element).color),
				background(element)));
		}
	}
	all('input, select, button').filter(visible).forEach(function (field) {
		add(judge(field, field.value || field.textContent,
			parseColour(getComputedStyle(field).color), background(field)));
	});
	all('svg').filter(visible).forEach(function (svg) {
		var shapes = filledShapes(svg);

		all('text', svg).forEach(function (text) {
			back = paintedBelow(text, shapes, background(svg));
			add(judge(text, text.textContent, parseColour(getComputedStyle(text).fill),
				back));
		});
	});
	return { count: count, faults: Array.from(new Set(faults)) };
}

/* Texts of pictures. A line is higher than its letters: a fifth of it is cut off on both sides. */

function textsOf(svg) {
	return all('text', svg).filter(function (text) {
		return text.textContent.trim() && !text.closest('defs');
	}).map(function (text) {
		var box = text.getBoundingClientRect();
		var thin = Math.min(box.width, box.height) / 5, lies = box.width >= box.height;

		return {
			text: brief(text.textContent),
			left: box.left + (lies ? 0 : thin), right: box.right - (lies ? 0 : thin),
			top: box.top + (lies ? thin : 0), bottom: box.bottom - (lies ? thin : 0)
		};
	});
}

function where(svg) {
	var figure = svg.closest('figure');

	return (figure ? figure.id : 'svg') + ': ';
}

function overlaps() {
	var found = [];

	all('svg').forEach(function (svg) {
		textsOf(svg).forEach(function (a, i, texts) {
			texts.slice(i + 1).forEach(function (b) {
				var x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
				var y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);

				if (x > 1 && y > 1) {
					found.push(where(svg) + '"' + a.text + '" and "' + b.text +
						'" by ' + x.toFixed() + ' x ' + y.toFixed());
				}
			});
		});
	});
	return found;
}

function cutTexts() {
	var found = [];

	all('svg').forEach(function (svg) {
		var box = svg.getBoundingClientRect();

		textsOf(svg).forEach(function (text) {
			if (text.left < box.left - 1 || text.right > box.right + 1 ||
					text.top < box.top - 1 || text.bottom > box.bottom + 1) {
				found.push(where(svg) + '"' + text.text + '" leaves the picture');
			}
		});
	});
	return found;
}

/* The page as a document. */

function outline() {
	var found = [], last = 0;

	all('h1, h2, h3, h4, h5, h6').forEach(function (head) {
		var level = Number(head.tagName[1]);

		if (level > last + 1) {
			found.push('h' + last + ' is followed by h' + level + ' "' +
				brief(head.textContent) + '"');
		}
		if (!head.textContent.trim()) {
			found.push('an empty ' + head.tagName);
		}
		last = level;
	});
	if (all('h1').length !== 1) {
		found.push(all('h1').length + ' h1');
	}
	return found;
}

function tableFaults() {
	var found = [];

	all('table').forEach(function (table) {
		var name = table.caption ? brief(table.caption.textContent) : '';

		if (!name) {
			found.push('no caption: ' + brief(table.textContent));
		}
		all('th', table).forEach(function (head) {
			if (!/^(col|row|colgroup|rowgroup)$/.test(head.getAttribute('scope'))) {
				found.push(name + ': no scope: ' + brief(head.textContent));
			}
		});
		if (!table.tHead || all('tbody th[scope=row]', table).length === 0) {
			found.push(name + ': no heads of rows or of columns');
		}
	});
	return found;
}

function referenceFaults() {
	var found = [], ids = all('[id]').map(function (element) {
		return element.id;
	});

	ids.forEach(function (id, i) {
		if (ids.indexOf(id) !== i) {
			found.push('id twice: ' + id);
		}
	});
	all('a[href]').forEach(function (link) {
		var to = link.getAttribute('href');

		if (to[0] === '#' && ids.indexOf(to.slice(1)) < 0) {
			found.push('a link to nowhere: ' + to);
		}
	});
	['aria-labelledby', 'aria-describedby', 'aria-controls', 'headers', 'for'].forEach(
		function (name) {
			all('[' + name + ']').forEach(function (element) {
				element.getAttribute(name).split(/\s+/).forEach(function (id) {
					if (ids.indexOf(id) < 0) {
						found.push(name + ' of nothing: ' + id);
					}
				});
			});
		});
	return found;
}

/* Tables: how they look now. */

function column(table, index) {
	return Array.from(table.tBodies[0].rows).map(function (row) {
		var cell = row.cells[index];

		return cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v);
	});
}

/* What a column shows, what its head says of the order, how many heads say so. With machines side
 * by side the first row of heads is of groups, the last one of columns. */
function orderOf(table, index) {
	var head = table.tHead.rows[table.tHead.rows.length - 1];
	return [column(table, index), head.cells[index].getAttribute('aria-sort'),
		all('[aria-sort]', table).length];
}

function shownRows() {
	return all('table.series tbody tr').filter(visible).map(function (row) {
		return row.cells[0].textContent;
	});
}

function hiddenTables() {
	return all('table').filter(function (table) {
		return !visible(table) || table.getBoundingClientRect().height < 20;
	}).map(function (table) {
		return brief(table.textContent);
	});
}

/* Pictures that are nowhere to be seen, or that make more than their own frame scroll. */
function unfitPictures() {
	return all('svg').filter(function (svg) {
		var picture = svg.getBoundingClientRect();
		var frame = (svg.closest('.scroll') || svg).getBoundingClientRect();

		return !visible(svg) || picture.width < 200 || picture.height < 60 ||
			frame.left < 0 || frame.right > document.documentElement.clientWidth;
	}).map(where);
}
