// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/formula.hpp"

#include "lab/text.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <utility>

namespace psephos::optim::textbook {

namespace {

using Function = double (*)(double);

constexpr int kMaxDepth = 200;

std::optional<Function> functionNamed(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, Function>, 8> kFunctions{
        {{"sin", [](double x) { return std::sin(x); }},
         {"cos", [](double x) { return std::cos(x); }},
         {"tan", [](double x) { return std::tan(x); }},
         {"tanh", [](double x) { return std::tanh(x); }},
         {"exp", [](double x) { return std::exp(x); }},
         {"log", [](double x) { return std::log(x); }},
         {"sqrt", [](double x) { return std::sqrt(x); }},
         {"abs", [](double x) { return std::abs(x); }}}};
    for (const auto& [known, function] : kFunctions) {
        if (name == known) {
            return function;
        }
    }
    return std::nullopt;
}

} // namespace

/// Recursive descent: sum > product > sign > power > atom. Every method answers whether it went
/// well; the first trouble is kept.
class FormulaParser {
  public:
    explicit FormulaParser(std::string_view text)
        : text_(text) {}

    lab::Result<Formula> parse() {
        if (sum() && skipBlanks() == '\0') {
            return std::move(formula_);
        }
        fail("an operator or the end");
        return lab::Error{"formula " + lab::inQuotes(text_) + ", position " +
                              std::to_string(troubleAt_ + 1) + ": expected " + trouble_,
                          {},
                          {}};
    }

  private:
    using Op = Formula::Op;

    char skipBlanks() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
            ++at_;
        }
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    bool take(std::string_view symbol) {
        skipBlanks();
        if (!text_.substr(at_).starts_with(symbol)) {
            return false;
        }
        at_ += symbol.size();
        return true;
    }

    bool fail(std::string expected) {
        if (trouble_.empty()) {
            trouble_ = std::move(expected);
            troubleAt_ = at_;
        }
        return false;
    }

    bool put(Op op) {
        formula_.program_.push_back({op, 0.0, nullptr});
        return true;
    }

    bool sum() {
        if (++depth_ > kMaxDepth) {
            return fail("fewer parentheses");
        }
        bool good = product();
        while (good) {
            if (take("+")) {
                good = product() && put(Op::Add);
            } else if (take("-")) {
                good = product() && put(Op::Subtract);
            } else {
                break;
            }
        }
        --depth_;
        return good;
    }

    bool product() {
        bool good = sign();
        while (good) {
            if (skipBlanks() == '*' && !text_.substr(at_).starts_with("**")) {
                ++at_;
                good = sign() && put(Op::Multiply);
            } else if (take("/")) {
                good = sign() && put(Op::Divide);
            } else {
                break;
            }
        }
        return good;
    }

    bool sign() {
        bool negative = false;
        while (skipBlanks() == '-' || skipBlanks() == '+') {
            negative = negative != (text_[at_] == '-');
            ++at_;
        }
        return power() && (!negative || put(Op::Negate));
    }

    bool power() {
        if (!atom()) {
            return false;
        }
        if (!take("^") && !take("**")) {
            return true;
        }
        if (++depth_ > kMaxDepth) {
            return fail("fewer powers");
        }
        const bool good = sign() && put(Op::Power); // right-associative
        --depth_;
        return good;
    }

    bool atom() {
        const char next = skipBlanks();
        if (take("(")) {
            return sum() && (take(")") || fail("')'"));
        }
        if (std::isdigit(static_cast<unsigned char>(next)) != 0 || next == '.') {
            Formula::Instruction number;
            const char* begin = text_.data() + at_;
            const auto [end, error] =
                std::from_chars(begin, text_.data() + text_.size(), number.number);
            if (error != std::errc{}) {
                return fail("a number");
            }
            at_ += static_cast<std::size_t>(end - begin);
            formula_.program_.push_back(number);
            return true;
        }
        return name();
    }

    bool name() {
        const std::size_t start = at_;
        std::size_t end = at_;
        while (end < text_.size() && std::isalpha(static_cast<unsigned char>(text_[end])) != 0) {
            ++end;
        }
        const std::string_view word = text_.substr(start, end - start);
        at_ = end;
        if (word == "i") {
            return put(Op::I);
        }
        if (word == "j") {
            return put(Op::J);
        }
        if (word == "t") {
            return put(Op::T);
        }
        if (word == "pi") {
            formula_.program_.push_back({Op::Number, std::numbers::pi, nullptr});
            return true;
        }
        if (const auto function = functionNamed(word)) {
            if (!take("(")) {
                return fail("'('");
            }
            if (!sum() || !(take(")") || fail("')'"))) {
                return false;
            }
            formula_.program_.push_back({Op::Call, 0.0, *function});
            return true;
        }
        at_ = start;
        return fail("a number, i, j, t, pi or a function");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    Formula formula_;
    std::string trouble_;
    std::size_t troubleAt_ = 0;
};

lab::Result<Formula> Formula::parse(std::string_view text) {
    const std::size_t equals = text.find('=');
    return FormulaParser(equals == std::string_view::npos ? text : text.substr(equals + 1)).parse();
}

double Formula::evaluate(double i, double j, double t) const {
    std::vector<double> stack;
    const auto pop = [&stack] {
        const double top = stack.back();
        stack.pop_back();
        return top;
    };
    for (const Instruction& instruction : program_) {
        switch (instruction.op) {
        case Op::Number:
            stack.push_back(instruction.number);
            continue;
        case Op::I:
            stack.push_back(i);
            continue;
        case Op::J:
            stack.push_back(j);
            continue;
        case Op::T:
            stack.push_back(t);
            continue;
        case Op::Negate:
            stack.back() = -stack.back();
            continue;
        case Op::Call:
            stack.back() = instruction.function(stack.back());
            continue;
        default:
            break;
        }
        const double right = pop();
        double& left = stack.back();
        switch (instruction.op) {
        case Op::Add:
            left += right;
            break;
        case Op::Subtract:
            left -= right;
            break;
        case Op::Multiply:
            left *= right;
            break;
        case Op::Divide:
            left /= right;
            break;
        default:
            left = std::pow(left, right);
            break;
        }
    }
    return stack.back();
}

} // namespace psephos::optim::textbook
