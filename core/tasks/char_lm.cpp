// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/char_lm.hpp"

#include "lab/text.hpp"
#include "numerics/random.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace psephos::tasks {

namespace {

using tensor::ParameterRole;

constexpr std::int64_t kMostEvaluationWindows = 64;
constexpr std::size_t kSampleBytes = 72;
constexpr double kSampleTemperature = 0.7;

/// Bytes as one line of UTF-8: what is no printable ASCII or part of well-formed UTF-8 is a dot.
std::string readable(std::string_view bytes) {
    std::string line;
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto byte = static_cast<unsigned char>(bytes[at]);
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        const std::string_view letter = bytes.substr(at, length);
        if (byte == '\n') {
            line += "⏎";
        } else if (length > 1 && letter.size() == length && lab::isUtf8(letter)) {
            line += letter;
            at += length - 1;
        } else {
            line += byte >= 0x20 && byte < 0x7F ? static_cast<char>(byte) : '.';
        }
        ++at;
    }
    return line;
}

/// A place drawn by probabilities in proportion to exp(scores / temperature).
std::size_t drawn(const at::Tensor& scores, numerics::RandomStream& stream) {
    const at::Tensor shares =
        at::softmax(scores.to(at::kCPU, at::kDouble) / kSampleTemperature, 0).contiguous();
    const std::span<const double> shareOf(shares.data_ptr<double>(),
                                          static_cast<std::size_t>(shares.numel()));
    double left = stream.uniform();
    for (std::size_t i = 0; i + 1 < shareOf.size(); ++i) {
        left -= shareOf[i];
        if (left < 0.0) {
            return i;
        }
    }
    return shareOf.size() - 1;
}

struct Layer {
    at::Tensor attentionGain;
    at::Tensor query;
    at::Tensor key;
    at::Tensor value;
    at::Tensor out;
    at::Tensor mlpGain;
    at::Tensor up;
    at::Tensor down;
};

class CharLm final : public Task {
  public:
    CharLm(const CharLmConfig& config, std::shared_ptr<const datasets::Text> text,
           const TaskOptions& options)
        : Task(options)
        , config_(config)
        , text_(std::move(text)) {
        addWeights();
        chooseEvaluationWindows();
    }

    void draw(std::int64_t step) override {
        const auto tokens = text_->training();
        numerics::RandomStream stream(options().seed, "batch", static_cast<std::uint64_t>(step));
        std::vector<std::size_t> starts;
        for (std::int64_t i = 0; i < config_.batch; ++i) {
            starts.push_back(
                stream.below(tokens.size() - static_cast<std::size_t>(config_.context)));
        }
        batch_ = windows(tokens, starts);
    }

    Evaluation evaluate() override {
        const at::NoGradGuard noGradient;
        const at::Tensor scores = forward(evaluation_.narrow(1, 0, config_.context));
        const at::Tensor answers = evaluation_.narrow(1, 1, config_.context).reshape({-1});
        return {at::cross_entropy_loss(scores, answers).item<double>(),
                at::eq(scores.argmax(1), answers).to(at::kDouble).mean().item<double>()};
    }

    /// Goes on from a line's end, or from the first byte of the alphabet where there are no lines.
    std::string sample(std::int64_t step) override {
        const at::NoGradGuard noGradient;
        const auto& alphabet = text_->alphabet();
        const auto lineEnd = std::find(alphabet.begin(), alphabet.end(), '\n');
        const auto first = lineEnd == alphabet.end() ? 0 : lineEnd - alphabet.begin();
        std::vector<std::uint8_t> tokens{static_cast<std::uint8_t>(first)};
        numerics::RandomStream stream(options().seed, "sample", static_cast<std::uint64_t>(step));
        while (tokens.size() <= kSampleBytes) {
            const std::size_t length =
                std::min(tokens.size(), static_cast<std::size_t>(config_.context));
            const at::Tensor seen = at::empty({1, static_cast<std::int64_t>(length)}, at::kLong);
            std::copy(tokens.end() - static_cast<std::ptrdiff_t>(length), tokens.end(),
                      seen.data_ptr<std::int64_t>());
            const at::Tensor scores = forward(seen.to(options().device));
            tokens.push_back(static_cast<std::uint8_t>(drawn(scores[scores.size(0) - 1], stream)));
        }
        return readable(text_->decode(std::span(tokens).subspan(1)));
    }

    [[nodiscard]] std::optional<double> referenceLoss() const override {
        return text_->unigramEntropyNats();
    }

    [[nodiscard]] double multiplications() const override {
        return static_cast<double>(parameterCount() * config_.batch * config_.context);
    }

  protected:
    at::Tensor loss() override {
        return at::cross_entropy_loss(forward(batch_.narrow(1, 0, config_.context)),
                                      batch_.narrow(1, 1, config_.context).reshape({-1}));
    }

  private:
    void addWeights() {
        const std::int64_t width = config_.width;
        const auto tokens = static_cast<std::int64_t>(text_->alphabet().size());
        const std::optional<double>& all = config_.startDeviation;
        const double root = all.value_or(1.0 / std::sqrt(static_cast<double>(width)));
        // Each layer adds to the stream twice; scaled so that depth does not blow it up.
        const double depth = 1.0 / std::sqrt(2.0 * static_cast<double>(config_.layers));
        tokenTable_ = addNormal("embedding.token", {tokens, width}, root, ParameterRole::Embedding);
        positionTable_ = addNormal("embedding.position", {config_.context, width}, root,
                                   ParameterRole::Embedding);
        for (std::int64_t i = 0; i < config_.layers; ++i) {
            const std::string name = "layer" + std::to_string(i) + ".";
            const auto weight = [&](const char* part, std::int64_t out, std::int64_t in,
                                    double deviation) {
                return addNormal(name + part, {out, in}, deviation, ParameterRole::Hidden);
            };
            Layer layer;
            layer.attentionGain = addVector(name + "attention.gain", width, 1.0);
            layer.query = weight("attention.query", width, width, root);
            layer.key = weight("attention.key", width, width, root);
            layer.value = weight("attention.value", width, width, root);
            layer.out = weight("attention.out", width, width, all.value_or(root * depth));
            layer.mlpGain = addVector(name + "mlp.gain", width, 1.0);
            layer.up = weight("mlp.up", 4 * width, width, root);
            layer.down = weight("mlp.down", width, 4 * width, all.value_or(0.5 * root * depth));
            layers_.push_back(std::move(layer));
        }
        finalGain_ = addVector("head.gain", width, 1.0);
        head_ = addNormal("head.weight", {tokens, width}, root, ParameterRole::Head);
    }

    void chooseEvaluationWindows() {
        const auto tokens = text_->heldOut();
        const auto context = static_cast<std::size_t>(config_.context);
        const std::size_t places = tokens.size() - context; // starts with a byte to predict behind
        const std::size_t count = std::clamp<std::size_t>(
            places / context, 1, static_cast<std::size_t>(kMostEvaluationWindows));
        std::vector<std::size_t> starts;
        for (std::size_t i = 0; i < count; ++i) {
            starts.push_back(i * places / count);
        }
        evaluation_ = windows(tokens, starts);
    }

    /// [starts, context + 1] tokens.
    [[nodiscard]] at::Tensor windows(std::span<const std::uint8_t> tokens,
                                     const std::vector<std::size_t>& starts) const {
        const std::int64_t length = config_.context + 1;
        const at::Tensor made =
            at::empty({static_cast<std::int64_t>(starts.size()), length}, at::kLong);
        std::int64_t* out = made.data_ptr<std::int64_t>();
        for (const std::size_t start : starts) {
            out = std::copy_n(tokens.begin() + static_cast<std::ptrdiff_t>(start), length, out);
        }
        return made.to(options().device);
    }

    [[nodiscard]] at::Tensor normalized(const at::Tensor& x, const at::Tensor& gain) const {
        return at::layer_norm(x, {config_.width}, gain);
    }

    /// Causal attention over x [b,t,width].
    [[nodiscard]] at::Tensor attention(const at::Tensor& x, const Layer& layer) const {
        const std::int64_t count = x.size(0);
        const std::int64_t length = x.size(1);
        const std::int64_t part = config_.width / config_.heads;
        const auto split = [&](const at::Tensor& weight) {
            return at::linear(x, weight).view({count, length, config_.heads, part}).transpose(1, 2);
        };
        const at::Tensor mixed = at::scaled_dot_product_attention(
            split(layer.query), split(layer.key), split(layer.value), std::nullopt, 0.0,
            /*is_causal=*/true);
        return at::linear(mixed.transpose(1, 2).reshape({count, length, config_.width}), layer.out);
    }

    /// Scores [b·t, alphabet] of the next token for tokens [b,t].
    [[nodiscard]] at::Tensor forward(const at::Tensor& tokens) const {
        at::Tensor x =
            at::embedding(tokenTable_, tokens) + positionTable_.narrow(0, 0, tokens.size(1));
        for (const Layer& layer : layers_) {
            x = x + attention(normalized(x, layer.attentionGain), layer);
            const at::Tensor inner = at::linear(normalized(x, layer.mlpGain), layer.up);
            x = x + at::linear(at::gelu(inner, "tanh"), layer.down);
        }
        return at::linear(normalized(x, finalGain_), head_).flatten(0, 1);
    }

    CharLmConfig config_;
    std::shared_ptr<const datasets::Text> text_;
    at::Tensor tokenTable_;
    at::Tensor positionTable_;
    std::vector<Layer> layers_;
    at::Tensor finalGain_;
    at::Tensor head_;
    at::Tensor batch_;      ///< [batch, context + 1] of int64
    at::Tensor evaluation_; ///< [windows, context + 1]
};

} // namespace

lab::Result<void> validate(const CharLmConfig& config, const datasets::Text& text) {
    if (config.width % config.heads != 0) {
        return lab::Error{"knob 'char_lm.heads': " + std::to_string(config.heads) +
                              " does not divide the width " + std::to_string(config.width),
                          "take a width that is a multiple of heads", ""};
    }
    const auto shortest = std::min(text.training().size(), text.heldOut().size());
    if (shortest <= static_cast<std::size_t>(config.context)) {
        return lab::Error{"knob 'char_lm.context': " + std::to_string(config.context) +
                              " bytes do not fit into the text: its held-out tenth has " +
                              std::to_string(text.heldOut().size()),
                          "take a shorter context or a longer text", text.name()};
    }
    return {};
}

std::unique_ptr<Task> makeCharLm(const CharLmConfig& config,
                                 std::shared_ptr<const datasets::Text> text,
                                 const TaskOptions& options) {
    return std::make_unique<CharLm>(config, std::move(text), options);
}

} // namespace psephos::tasks
