// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/preflib.hpp"

#include "lab/files/csv.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace psephos::ballots {

namespace {

using lab::Error;
using lab::Result;

/// Sums of counts stay exact as doubles.
constexpr std::int64_t kMaxVoters = std::int64_t{1} << 53;
constexpr std::string_view kBlanks = " \t";

/// A number without sign, alone in its field; nothing if it is none or exceeds kMaxVoters.
std::optional<std::int64_t> parseCount(std::string_view text) {
    text = lab::trimmed(text);
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size() || text.front() == '-' ||
        value > kMaxVoters) {
        return std::nullopt;
    }
    return value;
}

/// Is it a whole number, though parseCount() won't have it?
bool isTooLarge(std::string_view text) {
    text = lab::trimmed(text);
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Lines of a text, without their ends (LF or CR LF).
class Lines {
  public:
    explicit Lines(std::string_view text)
        : text_(text) {}

    /// The next line; nothing at the end.
    std::optional<std::string_view> next() {
        if (at_ >= text_.size()) {
            return std::nullopt;
        }
        ++number_;
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, end - at_);
        at_ = end + 1;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        return line;
    }

    /// Number of the line that next() gave last, from 1.
    [[nodiscard]] std::size_t number() const { return number_; }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t number_ = 0;
};

class PrefLibParser {
  public:
    PrefLibParser(std::string_view text, const std::string& place)
        : lines_(text)
        , place_(place) {}

    Result<PrefLibFile> parse();

  private:
    Result<void> readNewHeader();
    Result<void> readHeaderLine(std::string_view line);
    Result<void> readOldHeader();
    Result<void> readOldCounts(std::string_view line);
    Result<void> readNumber(std::string_view key, std::string_view value,
                            std::optional<std::int64_t>& number);
    Result<void> setAlternatives(std::int64_t number);
    Result<void> readName(std::string_view index, std::string_view name);
    Result<void> finishHeader();
    Result<void> readBody();
    Result<void> readOrder(std::string_view line);
    /// The number of items: of tiers, the empty ones of `cat` among them.
    Result<std::size_t> readItems(std::string_view items, Ballot& ballot);
    Result<void> addAlternative(std::string_view item, Ballot& ballot);
    [[nodiscard]] Result<std::size_t> alternative(std::string_view item) const;
    Result<void> checkType(const Ballot& ballot, std::size_t groups) const;
    Result<void> readEdges();
    Result<void> readEdge(std::string_view line);
    Result<void> checkCounts();
    /// The next line that is not blank.
    std::optional<std::string_view> nextLine();
    [[nodiscard]] Error error(std::string message, std::string hint = {}) const;
    [[nodiscard]] Error fileError(std::string message, std::string hint = {}) const;

    Lines lines_;
    const std::string& place_;
    PrefLibFile file_;
    char countEnd_ = ':'; ///< what follows an order's count
    std::optional<std::string_view> line_;
    std::optional<std::int64_t> alternatives_;
    std::optional<std::int64_t> voters_;
    std::optional<std::int64_t> uniqueOrders_;
    std::optional<std::int64_t> categories_;
    std::optional<std::int64_t> edges_;
    std::vector<std::optional<std::string>> names_;
    std::vector<std::size_t> lastSeen_; ///< last order (from 1) in which each alternative stood
};

Error PrefLibParser::error(std::string message, std::string hint) const {
    return Error{.message = std::move(message),
                 .hint = std::move(hint),
                 .place = place_ + ", line " + std::to_string(lines_.number())};
}

Error PrefLibParser::fileError(std::string message, std::string hint) const {
    return Error{.message = std::move(message), .hint = std::move(hint), .place = place_};
}

std::optional<std::string_view> PrefLibParser::nextLine() {
    do {
        line_ = lines_.next();
    } while (line_ && lab::trimmed(*line_).empty());
    return line_;
}

Result<void> PrefLibParser::readNumber(std::string_view key, std::string_view value,
                                       std::optional<std::int64_t>& number) {
    if (number) {
        return error("'" + std::string(key) + "' stands in the header twice");
    }
    number = parseCount(value);
    if (!number) {
        return error("'" + std::string(key) + "' is " + lab::inQuotes(value) +
                     (isTooLarge(value) ? ", more than 2^53" : ", not a whole number"));
    }
    return {};
}

Result<void> PrefLibParser::setAlternatives(std::int64_t number) {
    if (number < 1) {
        return error("the file has no alternative");
    }
    if (number > static_cast<std::int64_t>(kMaxCandidates)) {
        return error("the file has " + std::to_string(number) + " alternatives, at most " +
                     std::to_string(kMaxCandidates) + " are read");
    }
    names_.resize(static_cast<std::size_t>(number));
    lastSeen_.resize(names_.size(), 0);
    return {};
}

Result<void> PrefLibParser::readName(std::string_view index, std::string_view name) {
    if (names_.empty()) {
        return error("an alternative is named before their number is given",
                     "'# NUMBER ALTERNATIVES:' comes first");
    }
    const auto number = parseCount(index);
    if (!number || *number < 1 || *number > static_cast<std::int64_t>(names_.size())) {
        return error("alternative " + lab::inQuotes(lab::trimmed(index)) +
                     " is named, but they are numbered 1 to " + std::to_string(names_.size()));
    }
    auto& slot = names_[static_cast<std::size_t>(*number) - 1];
    if (slot) {
        return error("alternative " + std::to_string(*number) + " is named twice");
    }
    if (name.empty()) {
        return error("alternative " + std::to_string(*number) + " has no name");
    }
    slot = std::string(name);
    return {};
}

// `# KEY: VALUE`; a line without a colon is a comment.
Result<void> PrefLibParser::readHeaderLine(std::string_view line) {
    constexpr std::string_view kName = "ALTERNATIVE NAME ";
    line.remove_prefix(1);
    if (line.starts_with(' ')) {
        line.remove_prefix(1);
    }
    std::string_view key = line;
    std::string_view value;
    if (const std::size_t colon = line.find(": "); colon != std::string_view::npos) {
        key = line.substr(0, colon);
        value = line.substr(colon + 2);
    } else if (key.ends_with(':')) {
        key.remove_suffix(1);
    } else {
        return {};
    }
    if (key == "TITLE") {
        file_.title = value;
    } else if (key == "DATA TYPE") {
        file_.dataType = lab::trimmed(value);
    } else if (key == "NUMBER VOTERS") {
        return readNumber(key, value, voters_);
    } else if (key == "NUMBER UNIQUE ORDERS" || key == "NUMBER UNIQUE PREFERENCES") {
        return readNumber(key, value, uniqueOrders_);
    } else if (key == "NUMBER CATEGORIES") {
        return readNumber(key, value, categories_);
    } else if (key == "NUMBER EDGES") {
        return readNumber(key, value, edges_);
    } else if (key == "NUMBER ALTERNATIVES") {
        if (auto read = readNumber(key, value, alternatives_); !read) {
            return read;
        }
        return setAlternatives(*alternatives_);
    } else if (key.starts_with(kName)) {
        return readName(key.substr(kName.size()), value);
    }
    return {};
}

Result<void> PrefLibParser::readNewHeader() {
    while (line_ && line_->starts_with('#')) {
        if (auto read = readHeaderLine(*line_); !read) {
            return read;
        }
        nextLine();
    }
    const std::string& type = file_.dataType;
    constexpr std::array<std::string_view, 6> kTypes{"soc", "soi", "toc", "toi", "cat", "wmd"};
    if (!type.empty() && std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
        return fileError("the file holds data of type " + lab::inQuotes(type) +
                             ", which is not known",
                         "soc, soi, toc, toi, cat and wmd are read");
    }
    if (!alternatives_) {
        return fileError("the file has no line '# NUMBER ALTERNATIVES: …'",
                         "is it a PrefLib file?");
    }
    return finishHeader();
}

Result<void> PrefLibParser::readOldCounts(std::string_view line) {
    const std::size_t first = line.find(',');
    const std::size_t second =
        first == std::string_view::npos ? std::string_view::npos : line.find(',', first + 1);
    if (second == std::string_view::npos) {
        return error("expected 'voters,sum of counts,unique orders', not " + lab::inQuotes(line));
    }
    std::optional<std::int64_t> ballots;
    if (auto read = readNumber("voters", line.substr(0, first), ballots); !read) {
        return read;
    }
    if (auto read =
            readNumber("sum of counts", line.substr(first + 1, second - first - 1), voters_);
        !read) {
        return read;
    }
    return readNumber("unique orders", line.substr(second + 1), uniqueOrders_);
}

Result<void> PrefLibParser::readOldHeader() {
    countEnd_ = ',';
    alternatives_ = parseCount(*line_);
    if (!alternatives_) {
        return error("expected '# KEY: VALUE' or the number of alternatives, not " +
                         lab::inQuotes(*line_),
                     "is it a PrefLib file?");
    }
    if (auto set = setAlternatives(*alternatives_); !set) {
        return set;
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (!nextLine()) {
            return fileError("the file ends within its header: it names " + std::to_string(i) +
                                 " of " + std::to_string(names_.size()) + " alternatives",
                             "the file is truncated");
        }
        const std::size_t comma = line_->find(',');
        if (comma == std::string_view::npos) {
            return error("expected 'index,name' of an alternative, not " + lab::inQuotes(*line_));
        }
        if (auto read = readName(line_->substr(0, comma), line_->substr(comma + 1)); !read) {
            return read;
        }
    }
    if (!nextLine()) {
        return fileError("the file ends within its header", "the file is truncated");
    }
    if (auto read = readOldCounts(*line_); !read) {
        return read;
    }
    nextLine();
    return finishHeader();
}

Result<void> PrefLibParser::finishHeader() {
    std::unordered_map<std::string, std::size_t> seen;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (!names_[i]) {
            return fileError("alternative " + std::to_string(i + 1) + " of " +
                             std::to_string(names_.size()) + " has no name in the header");
        }
        const auto [other, isNew] = seen.emplace(*names_[i], i + 1);
        if (!isNew) {
            file_.warnings.push_back("alternatives " + std::to_string(other->second) + " and " +
                                     std::to_string(i + 1) + " are both named " +
                                     lab::inQuotes(*names_[i]));
        }
        file_.profile.names.push_back(std::move(*names_[i]));
    }
    return {};
}

/// The index, from 0, of an alternative given by its number.
Result<std::size_t> PrefLibParser::alternative(std::string_view item) const {
    const std::size_t n = file_.profile.names.size();
    const auto number = parseCount(item);
    if (!number) {
        return error(lab::trimmed(item).empty()
                         ? "an alternative is missing between two commas or braces"
                         : lab::inQuotes(lab::trimmed(item)) + " is not an alternative's number");
    }
    if (*number < 1 || *number > static_cast<std::int64_t>(n)) {
        return error("alternative " + std::to_string(*number) +
                     " is unknown; they are numbered 1 to " + std::to_string(n));
    }
    return static_cast<std::size_t>(*number) - 1;
}

Result<void> PrefLibParser::addAlternative(std::string_view item, Ballot& ballot) {
    const Result<std::size_t> known = alternative(item);
    if (!known) {
        return known.error();
    }
    const std::size_t index = *known;
    const std::size_t order = file_.profile.ballots.size() + 1;
    if (lastSeen_[index] == order) {
        return error("alternative " + std::to_string(index + 1) + " stands in the order twice");
    }
    lastSeen_[index] = order;
    ballot.candidates.push_back(static_cast<std::uint32_t>(index));
    return {};
}

// item ("," item)*, an item being a number or "{" number ("," number)* "}".
Result<std::size_t> PrefLibParser::readItems(std::string_view items, Ballot& ballot) {
    std::size_t at = 0;
    std::size_t groups = 0;
    for (bool more = true; more; ++groups) {
        at = std::min(items.find_first_not_of(kBlanks, at), items.size());
        const bool isTier = at < items.size() && items[at] == '{';
        std::size_t end = items.find(isTier ? '}' : ',', at);
        if (isTier && end == std::string_view::npos) {
            return error("a brace is not closed");
        }
        std::string_view tier = items.substr(at, end == std::string_view::npos ? end : end - at);
        if (isTier) {
            tier.remove_prefix(1);
        }
        const bool isEmpty =
            isTier && file_.dataType == "cat" && lab::trimmed(tier).empty(); // of a category
        for (std::size_t from = 0; !isEmpty && from <= tier.size();) {
            const std::size_t comma = std::min(tier.find(',', from), tier.size());
            auto added = addAlternative(tier.substr(from, comma - from), ballot);
            if (!added) {
                return added.error();
            }
            from = comma + 1;
        }
        if (!isEmpty) {
            ballot.tierEnds.push_back(static_cast<std::uint32_t>(ballot.candidates.size()));
        }
        if (isTier) {
            end = items.find_first_not_of(kBlanks, end + 1);
            if (end != std::string_view::npos && items[end] != ',') {
                return error("expected a comma after a closing brace");
            }
        }
        more = end != std::string_view::npos;
        at = end + 1;
    }
    return groups;
}

Result<void> PrefLibParser::checkType(const Ballot& ballot, std::size_t groups) const {
    const std::string& type = file_.dataType;
    if (type == "cat" && categories_ && static_cast<std::int64_t>(groups) > *categories_) {
        return error("the order has " + std::to_string(groups) +
                     " categories, the header announces " + std::to_string(*categories_));
    }
    if (type.starts_with('s') && ballot.tiers() < ballot.candidates.size()) {
        return error("the order has a tie, but the file says that its orders are strict (" + type +
                         ")",
                     "a file with ties is of type toc or toi");
    }
    const std::size_t n = file_.profile.names.size();
    if (type.ends_with('c') && ballot.candidates.size() < n) {
        return error("the order ranks " + std::to_string(ballot.candidates.size()) + " of " +
                         std::to_string(n) +
                         " alternatives, but the file says that its orders are "
                         "complete (" +
                         type + ")",
                     "a file with incomplete orders is of type soi or toi");
    }
    return {};
}

Result<void> PrefLibParser::readOrder(std::string_view line) {
    const std::size_t end = line.find(countEnd_);
    const auto count =
        end == std::string_view::npos ? std::nullopt : parseCount(line.substr(0, end));
    if (end != std::string_view::npos && isTooLarge(line.substr(0, end)) && !count) {
        return error("the order's count is " + lab::inQuotes(line.substr(0, end)) +
                     ", more than 2^53");
    }
    if (!count) {
        return error("expected 'count" + std::string(1, countEnd_) + " order', not " +
                     lab::inQuotes(line));
    }
    Ballot ballot;
    ballot.count = *count;
    const Result<std::size_t> groups = readItems(line.substr(end + 1), ballot);
    if (!groups) {
        return groups.error();
    }
    if (auto checked = checkType(ballot, *groups); !checked) {
        return checked;
    }
    file_.profile.ballots.push_back(std::move(ballot));
    return {};
}

// `source,target,weight`.
Result<void> PrefLibParser::readEdge(std::string_view line) {
    const std::size_t first = line.find(',');
    const std::size_t second = first == std::string_view::npos ? first : line.find(',', first + 1);
    if (second == std::string_view::npos) {
        return error("expected 'source,target,weight', not " + lab::inQuotes(line));
    }
    const Result<std::size_t> source = alternative(line.substr(0, first));
    const Result<std::size_t> target = alternative(line.substr(first + 1, second - first - 1));
    if (!source || !target) {
        return source ? target.error() : source.error();
    }
    const std::string_view cell = line.substr(second + 1);
    const auto weight = lab::parseNumber(cell);
    if (!weight || !std::isfinite(*weight) || *weight < 0.0) {
        return error("the weight is " + lab::inQuotes(lab::trimmed(cell)) +
                     ", not a number from 0");
    }
    const std::string pair = std::to_string(*source + 1) + " to " + std::to_string(*target + 1);
    if (*source == *target) {
        return error("an edge leads from " + pair);
    }
    const std::size_t n = file_.profile.names.size();
    double& slot = file_.weights->wins[*source * n + *target];
    if (!std::isnan(slot)) {
        return error("the edge from " + pair + " is given twice");
    }
    slot = *weight;
    return {};
}

Result<void> PrefLibParser::readEdges() {
    file_.weights = PairCounts(file_.profile.names);
    std::vector<double>& wins = file_.weights->wins;
    wins.assign(wins.size(), std::numeric_limits<double>::quiet_NaN()); // no edge yet
    std::int64_t edges = 0;
    for (; line_; nextLine(), ++edges) {
        if (auto read = readEdge(*line_); !read) {
            return read;
        }
    }
    std::replace_if(
        wins.begin(), wins.end(), [](double weight) { return std::isnan(weight); }, 0.0);
    if (edges_ && edges < *edges_) {
        return fileError("the file has " + std::to_string(edges) + " of the " +
                             std::to_string(*edges_) + " edges that its header announces",
                         "the file is truncated, or its header is wrong");
    }
    if (edges == 0) {
        return fileError("the file has a header, but no edge");
    }
    if (edges_ && edges > *edges_) {
        file_.warnings.push_back("the header announces " + std::to_string(*edges_) +
                                 " edges, the file has " + std::to_string(edges));
    }
    return {};
}

Result<void> PrefLibParser::readBody() {
    if (file_.dataType == "wmd") {
        return readEdges();
    }
    std::int64_t sum = 0;
    for (; line_; nextLine()) {
        if (line_->starts_with('#')) {
            return error("a header line stands among the orders");
        }
        if (auto read = readOrder(*line_); !read) {
            return read;
        }
        sum += file_.profile.ballots.back().count;
        if (sum > kMaxVoters) {
            return error("the counts add up to more than 2^53");
        }
    }
    return checkCounts();
}

Result<void> PrefLibParser::checkCounts() {
    const auto orders = static_cast<std::int64_t>(file_.profile.ballots.size());
    const std::int64_t voters = file_.profile.voters();
    if (uniqueOrders_ && orders < *uniqueOrders_) {
        return fileError("the file has " + std::to_string(orders) + " of the " +
                             std::to_string(*uniqueOrders_) + " orders that its header announces",
                         "the file is truncated, or its header is wrong");
    }
    if (orders == 0) {
        return fileError("the file has a header, but no order");
    }
    if (voters == 0) {
        return fileError("the file has orders, but every count is 0");
    }
    if (uniqueOrders_ && orders > *uniqueOrders_) {
        file_.warnings.push_back("the header announces " + std::to_string(*uniqueOrders_) +
                                 " orders, the file has " + std::to_string(orders));
    }
    if (voters_ && voters != *voters_) {
        file_.warnings.push_back("the header announces " + std::to_string(*voters_) +
                                 " voters, the orders count " + std::to_string(voters));
    }
    return {};
}

Result<PrefLibFile> PrefLibParser::parse() {
    if (!nextLine()) {
        return fileError("the file holds no data");
    }
    const auto header = line_->starts_with('#') ? readNewHeader() : readOldHeader();
    if (!header) {
        return header.error();
    }
    if (const auto body = readBody(); !body) {
        return body.error();
    }
    return std::move(file_);
}

} // namespace

bool looksLikePrefLib(std::string_view text) {
    Lines lines(text);
    const std::string_view first = lines.next().value_or("");
    if (first.starts_with('#')) { // a key is in capitals, a candidate "#1: Ann" is not
        const std::string_view key = first.substr(1, first.find(':') - 1);
        return key.size() + 1 < first.size() &&
               std::none_of(key.begin(), key.end(),
                            [](char c) { return c == ',' || (c >= 'a' && c <= 'z'); }) &&
               std::any_of(key.begin(), key.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    }
    if (!parseCount(first)) {
        return false;
    }
    const std::string_view second = lines.next().value_or("");
    return parseCount(second.substr(0, second.find(','))).has_value();
}

Result<PrefLibFile> parsePrefLib(std::string_view text, const std::string& place) {
    return PrefLibParser(text, place).parse();
}

} // namespace psephos::ballots
