// Formulas over the bands of named inputs, by muParser.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// A band of an input that a formula reads: `nir` (its first) or `s2[4]`.
struct BandName
{
    std::string input;
    int band = 1;

    bool operator==(const BandName &other) const { return input == other.input && band == other.band; }
};

/// Inputs whose bands a text names, whatever else it says.
std::set<std::string> input_names(const std::string &text);

/// muParser's numbers, operators (+ - * / ^, comparisons, &&, ||, ?:) and functions (sqrt, exp, ln, min, max, ...), and
/// valid(BAND): 1 where that band has data, else 0. Immutable; called from many threads.
class Expression
{
public:
    /// `band_counts`: bands of each input that it may name. Throws InputError that quotes the place: it does not parse,
    /// names an input or a band that is not there, or assigns.
    Expression(const std::string &text, const std::map<std::string, int> &band_counts);

    /// Those that it reads.
    const std::vector<BandName> &bands() const { return m_bands; }

    /// Computes pixels in one thread.
    class Evaluator
    {
    public:
        explicit Evaluator(const Expression &expression);
        ~Evaluator();
        Evaluator(const Evaluator &) = delete;
        Evaluator &operator=(const Evaluator &) = delete;

        /// Of `count` pixels from those of each band, NaN where they have no data. NaN where a band has none that
        /// valid() does not ask for, and where the result is no finite number.
        void evaluate(const std::vector<const double *> &bands, int count, double *result);

    private:
        class Parser;
        std::unique_ptr<Parser> m_parser;
    };

private:
    int index_of(const BandName &band);

    std::string m_text;   ///< as it was written
    std::string m_parsed; ///< with names that muParser takes, each as long as what it stands for
    std::vector<BandName> m_bands;
    std::map<std::string, int> m_values;     ///< names in m_parsed that are a band's pixels, and which
    std::map<std::string, int> m_validities; ///< those that tell whether it has data
};

} // namespace tiledir::engine
