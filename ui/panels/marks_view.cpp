// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/marks_view.hpp"

#include "lab/experiment.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/number_text.hpp"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::ui {

namespace {

std::string_view idOf(Mark mark) {
    switch (mark) {
    case Mark::None:
        return "none";
    case Mark::Part:
        return "part";
    case Mark::Full:
        return "full";
    case Mark::Kept:
        return "kept";
    case Mark::Violated:
        return "violated";
    case Mark::Open:
        return "open";
    case Mark::Unknown:
        break;
    }
    return "unknown";
}

/// The option of a choice that goes by this name, its label or its id.
const lab::ChoiceOption* optionNamed(const lab::Knob& knob, const QString& name) {
    const auto found = std::ranges::find_if(knob.choices, [&](const lab::ChoiceOption& option) {
        return text(option.label) == name || text(option.id) == name;
    });
    return found == knob.choices.end() ? nullptr : &*found;
}

QStringList namesOf(const lab::GridAxis& axis) {
    QStringList names;
    for (std::size_t i = 0; i < axis.size(); ++i) {
        names << (axis.names.empty() ? shortNumber(axis.at[i]) : text(axis.names[i]));
    }
    return names;
}

} // namespace

MarksView::MarksView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent)
    , player_(shown) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    connect(&shown, &ComparisonModel::draftChanged, this, [this] { scheduleRefresh(); });
}

QString MarksView::emptyText() const {
    return tr("%1 appears here with the first result.").arg(text(panel().title));
}

double MarksView::value(const Cell& cell) const {
    return grid_->at(cell.first, cell.second);
}

Mark MarksView::mark(const Cell& cell) const {
    const double shown = value(cell);
    if (std::isnan(shown)) {
        return Mark::Unknown;
    }
    if (isVerdict_) {
        return shown > 0 ? Mark::Kept : shown < 0 ? Mark::Violated : Mark::Open;
    }
    // Equal parts of one may add up to a little less.
    return shown >= 1 - 1e-9 ? Mark::Full : shown > 0 ? Mark::Part : Mark::None;
}

const lab::PanelWord* MarksView::wordOf(Mark mark) const {
    const auto& words = panel().words;
    const auto found = std::ranges::find(words, idOf(mark), &lab::PanelWord::mark);
    return found == words.end() ? nullptr : &*found;
}

QString MarksView::sentence(const Cell& cell) const {
    const lab::PanelWord* word = wordOf(mark(cell));
    const double shown = value(cell);
    const QString number = std::isnan(shown) ? tr("not known")
                           : isVerdict_      ? shortNumber(shown)
                                             : percentText(std::clamp(shown, 0.0, 1.0));
    QString words = word == nullptr || word->sentence.empty()
                        ? QStringLiteral("%row, %column: %value")
                        : text(word->sentence);
    return words.replace(QStringLiteral("%value"), number)
        .replace(QStringLiteral("%column"), columnNames_[static_cast<qsizetype>(cell.second)])
        .replace(QStringLiteral("%row"), rowNames_[static_cast<qsizetype>(cell.first)]);
}

QStringList MarksView::legend() const {
    QStringList lines;
    for (const lab::PanelWord& word : panel().words) {
        if (!word.legend.empty()) {
            lines << text(word.legend);
        }
    }
    return lines;
}

void MarksView::readGrid() {
    grid_.reset();
    rowNames_.clear();
    columnNames_.clear();
    const lab::PanelSource* share = sourceWithRole(panel(), "share");
    const lab::PanelSource* verdict = sourceWithRole(panel(), "verdict");
    const lab::PanelSource* source = share != nullptr ? share : verdict;
    isVerdict_ = share == nullptr;
    std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    std::ranges::stable_partition(
        runs, [this](const lab::RunPtr& run) { return model().emphasised() == run->id(); });
    for (const lab::RunPtr& run : runs) {
        lab::GridPtr grid =
            source == nullptr ? nullptr : gridAtHead(model(), *run, source->channel);
        if (grid != nullptr && !grid->values.empty() &&
            grid->values.size() == grid->x.size() * grid->y.size()) {
            grid_ = std::move(grid);
            styleNumber_ = model().styleNumber(*run);
            rowNames_ = namesOf(grid_->y);
            columnNames_ = namesOf(grid_->x);
            return;
        }
    }
}

const lab::Knob* MarksView::knobOf(const lab::PanelEdit& edit) const {
    const lab::Description* description = model().description();
    return description == nullptr ? nullptr : description->knob(edit.knob);
}

std::optional<std::size_t> MarksView::placeOf(std::string_view role,
                                              const QStringList& names) const {
    const std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    for (const lab::PanelEdit& edit : panel().edits) {
        const lab::Knob* knob = edit.role == role ? knobOf(edit) : nullptr;
        if (knob == nullptr || runs.empty()) {
            continue;
        }
        const lab::RunScenario scenario = runs.front()->scenario();
        if (!scenario.knobs.contains(edit.knob) || !scenario.knobs.applies(*knob)) {
            continue;
        }
        const auto* id = std::get_if<std::string>(&scenario.knobs.at(edit.knob));
        for (qsizetype i = 0; id != nullptr && i < names.size(); ++i) {
            const lab::ChoiceOption* option = optionNamed(*knob, names[i]);
            if (option != nullptr && option->id == *id) {
                return static_cast<std::size_t>(i);
            }
        }
    }
    return std::nullopt;
}

void MarksView::readPicked() {
    pickedRow_ = placeOf("pick-row", rowNames_);
    pickedColumn_ = placeOf("pick-column", columnNames_);
    const bool needsColumn = std::ranges::any_of(
        panel().edits, [](const lab::PanelEdit& edit) { return edit.role == "pick-column"; });
    if (needsColumn && (!pickedColumn_ || !pickedRow_)) {
        pickedRow_.reset();
        pickedColumn_.reset();
    }
}

void MarksView::refresh(bool /*atOnce*/) {
    readGrid();
    readPicked();
    setEmpty(!grid_);
    for (std::optional<Cell>* cell : {&selected_, &hovered_}) {
        if (*cell && ((*cell)->first >= rows() || (*cell)->second >= columns())) {
            cell->reset();
        }
    }
    first_ = std::min(first_, lastFirst());
    update();
}

QString MarksView::csv() const {
    if (!grid_) {
        return {};
    }
    QString out;
    for (const QString& name : columnNames_) {
        out += QLatin1Char(',') + csvField(name);
    }
    out += QLatin1Char('\n');
    for (std::size_t row = 0; row < rows(); ++row) {
        out += csvField(rowNames_[static_cast<qsizetype>(row)]);
        for (std::size_t column = 0; column < columns(); ++column) {
            out += QLatin1Char(',') + text(lab::toText(grid_->at(row, column)));
        }
        out += QLatin1Char('\n');
    }
    return out;
}

// Gestures.

bool MarksView::canPick() const {
    return std::ranges::any_of(panel().edits, [this](const lab::PanelEdit& edit) {
        return edit.role.starts_with("pick-") && knobOf(edit) != nullptr;
    });
}

bool MarksView::applies(const lab::Knob& knob, const std::vector<KnobTarget>& turns) const {
    const std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    if (runs.empty()) {
        return false;
    }
    lab::KnobValues values = runs.front()->scenario().knobs;
    for (const KnobTarget& turn : turns) {
        values.set(turn.knob.toStdString(), turn.value);
    }
    return values.applies(knob);
}

void MarksView::pick(const Cell& cell) {
    std::vector<KnobTarget> turns;
    const lab::Knob* played = nullptr;
    for (const lab::PanelEdit& edit : panel().edits) {
        const lab::Knob* knob = knobOf(edit);
        if (knob == nullptr) {
            continue;
        }
        if (edit.role == "play") {
            played = knob;
            turns.push_back({text(knob->id), *knob->min});
            continue;
        }
        const bool isRow = edit.role == "pick-row";
        if (!isRow && edit.role != "pick-column") {
            continue;
        }
        const QString& name = isRow ? rowNames_[static_cast<qsizetype>(cell.first)]
                                    : columnNames_[static_cast<qsizetype>(cell.second)];
        if (const lab::ChoiceOption* option = optionNamed(*knob, name)) {
            turns.push_back({text(knob->id), option->id});
        }
    }
    if (turns.empty()) {
        return;
    }
    model().turnKnobs(turns);
    if (played != nullptr && mark(cell) == Mark::Violated && applies(*played, turns)) {
        player_.play(*played);
    }
}

void MarksView::putBack() {
    std::vector<KnobTarget> turns;
    for (const lab::PanelEdit& edit : panel().edits) {
        if (const lab::Knob* knob = knobOf(edit)) {
            turns.push_back({text(knob->id), knob->defaultValue});
        }
    }
    if (!turns.empty()) {
        model().turnKnobs(turns);
    }
}

void MarksView::select(const std::optional<Cell>& cell) {
    selected_ = cell;
    setAccessibleDescription(cell && grid_ ? sentence(*cell) : text(panel().meaning));
    update();
}

void MarksView::mousePressEvent(QMouseEvent* event) {
    const std::optional<Cell> cell = cellUnder(event->position());
    if (event->button() != Qt::LeftButton || !cell) {
        event->ignore(); // the card's menu
        return;
    }
    select(cell);
}

void MarksView::mouseReleaseEvent(QMouseEvent* event) {
    // Like a button: a press that is dragged off its cell does nothing.
    const std::optional<Cell> cell = cellUnder(event->position());
    if (event->button() == Qt::LeftButton && cell && cell == selected_) {
        isTold_ = true; // what happens now is to be seen
        pick(*cell);
        update();
        return;
    }
    event->ignore();
}

void MarksView::mouseMoveEvent(QMouseEvent* event) {
    const std::optional<Cell> before = hovered_;
    hovered_ = cellUnder(event->position());
    setCursor(hovered_ && canPick() ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (before != hovered_) {
        isTold_ = false;
        update();
    }
}

void MarksView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    hovered_.reset();
    update();
}

void MarksView::focusInEvent(QFocusEvent* event) {
    LiveView::focusInEvent(event);
    update();
}

void MarksView::focusOutEvent(QFocusEvent* event) {
    LiveView::focusOutEvent(event);
    update();
}

std::size_t MarksView::lastFirst() const {
    return grid_ ? rows() - place().seen : 0;
}

void MarksView::scrollTo(std::ptrdiff_t first) {
    const auto last = static_cast<std::ptrdiff_t>(lastFirst());
    first_ = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(first, 0, last));
    update();
}

void MarksView::wheelEvent(QWheelEvent* event) {
    const int notches = event->angleDelta().y();
    if (notches == 0 || lastFirst() == 0) {
        event->ignore();
        return;
    }
    scrollTo(static_cast<std::ptrdiff_t>(first_) + (notches > 0 ? -3 : 3));
    event->accept();
}

void MarksView::moveSelection(std::ptrdiff_t down, std::ptrdiff_t right) {
    if (!selected_) {
        select(Cell{pickedRow_.value_or(first_), pickedColumn_.value_or(0)});
    } else {
        const auto shifted = [](std::size_t at, std::ptrdiff_t by, std::size_t size) {
            return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(
                static_cast<std::ptrdiff_t>(at) + by, 0, static_cast<std::ptrdiff_t>(size) - 1));
        };
        select(Cell{shifted(selected_->first, down, rows()),
                    shifted(selected_->second, right, columns())});
    }
    const std::size_t seen = place().seen;
    if (selected_->first < first_) {
        scrollTo(static_cast<std::ptrdiff_t>(selected_->first));
    } else if (selected_->first >= first_ + seen) {
        scrollTo(static_cast<std::ptrdiff_t>(selected_->first - seen + 1));
    }
}

void MarksView::keyPressEvent(QKeyEvent* event) {
    if (!grid_) {
        event->ignore();
        return;
    }
    const auto all = static_cast<std::ptrdiff_t>(std::max(rows(), columns()));
    switch (event->key()) {
    case Qt::Key_Up:
        return moveSelection(-1, 0);
    case Qt::Key_Down:
        return moveSelection(1, 0);
    case Qt::Key_Left:
        return moveSelection(0, -1);
    case Qt::Key_Right:
        return moveSelection(0, 1);
    case Qt::Key_Home:
        return moveSelection(0, -all);
    case Qt::Key_End:
        return moveSelection(0, all);
    case Qt::Key_PageUp:
        return moveSelection(-all, 0);
    case Qt::Key_PageDown:
        return moveSelection(all, 0);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (selected_) {
            pick(*selected_);
        }
        return;
    case Qt::Key_Escape:
        if (pickedRow_) {
            return putBack();
        }
        [[fallthrough]];
    default:
        event->ignore();
    }
}

} // namespace psephos::ui
