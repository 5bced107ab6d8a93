#include "tools/engine/processes/algebra/expression.h"

#include "stac/error.h"
#include "stac/nearest_name.h"

#include <fmt/format.h>
#include <muParser.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>

namespace tiledir::engine
{
namespace
{

bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// What is wrong with a text, and where.
[[noreturn]] void fail(const std::string &text, std::size_t position, const std::string &why)
{
    const std::string rest = text.substr(std::min(position, text.size()), 20);
    throw InputError(
        fmt::format("'{}': {}{}", text, rest.empty() ? "at its end: " : fmt::format("at '{}': ", rest), why));
}

/// A text read from the left.
class Cursor
{
public:
    explicit Cursor(const std::string &text)
        : m_text(text)
    {
    }

    std::size_t position() const { return m_position; }
    bool at_end() const { return m_position == m_text.size(); }
    char next() const { return at_end() ? '\0' : m_text[m_position]; }
    void step() { ++m_position; }
    void skip_spaces()
    {
        while (next() == ' ')
        {
            step();
        }
    }
    bool take(char wanted)
    {
        const bool is_it = next() == wanted;
        m_position += is_it ? 1 : 0;
        return is_it;
    }
    std::string take_name()
    {
        const std::size_t first = m_position;
        while (begins_name(next()) || is_digit(next()))
        {
            step();
        }
        return m_text.substr(first, m_position - first);
    }
    /// With its exponent, so that this is taken for no name.
    void take_number()
    {
        while (is_digit(next()) || next() == '.')
        {
            step();
        }
        if (next() == 'e' || next() == 'E')
        {
            step();
            take('-') || take('+');
            while (is_digit(next()))
            {
                step();
            }
        }
    }

private:
    const std::string &m_text;
    std::size_t m_position = 0;
};

/// Reads `s2[4]`, the name being taken already.
BandName band_at(Cursor &cursor, std::string name, std::size_t first, const std::string &text,
                 const std::map<std::string, int> &band_counts)
{
    const auto known = band_counts.find(name);
    if (known == band_counts.end())
    {
        std::vector<std::string> names;
        for (const auto &[each, count] : band_counts)
        {
            names.push_back(each);
        }
        const std::string near = stac::nearest_name(name, names);
        fail(text, first,
             fmt::format("'{}' is no input; {}", name,
                         near.empty() ? fmt::format("one is '{}'", names.front()) : "the nearest is '" + near + "'"));
    }
    BandName band{std::move(name), 1};
    if (cursor.take('['))
    {
        const std::size_t from = cursor.position();
        while (is_digit(cursor.next()))
        {
            cursor.step();
        }
        const std::size_t end = cursor.position();
        const auto read = std::from_chars(text.data() + from, text.data() + end, band.band);
        if (!cursor.take(']') || end == from || read.ec != std::errc())
        {
            fail(text, first, "a band is as " + band.input + "[1]");
        }
        if (band.band < 1 || band.band > known->second)
        {
            fail(text, first, fmt::format("input '{}' has bands 1 to {}", band.input, known->second));
        }
    }
    return band;
}

/// muParser would store what is assigned in the pixels that it reads.
void refuse_assignments(const std::string &text)
{
    for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1))
    {
        const char before = at == 0 ? ' ' : text[at - 1];
        const char after = at + 1 < text.size() ? text[at + 1] : ' ';
        if (after == '=')
        {
            ++at;
        }
        else if (before != '<' && before != '>' && before != '!')
        {
            fail(text, at, "nothing can be assigned; equal is ==");
        }
    }
}

bool is_constant(const std::string &name)
{
    return name == "_pi" || name == "_e";
}

} // namespace

std::set<std::string> input_names(const std::string &text)
{
    std::set<std::string> names;
    for (Cursor cursor(text); !cursor.at_end();)
    {
        if (is_digit(cursor.next()) || cursor.next() == '.')
        {
            cursor.take_number();
        }
        else if (begins_name(cursor.next()))
        {
            const std::string name = cursor.take_name();
            if (cursor.next() != '(' && !is_constant(name))
            {
                names.insert(name);
                if (cursor.take('[')) // what stands there is a number, or wrong
                {
                    while (!cursor.at_end() && !cursor.take(']'))
                    {
                        cursor.step();
                    }
                }
            }
        }
        else
        {
            cursor.step();
        }
    }
    return names;
}

/// Of one thread: muParser's variables are places in memory.
class Expression::Evaluator::Parser
{
public:
    explicit Parser(const Expression &expression)
        : m_values(expression.m_bands.size())
        , m_validities(expression.m_bands.size())
        , m_is_asked(expression.m_bands.size())
    {
        try
        {
            m_parser.ClearConst(); // its own ones have 12 digits
            m_parser.DefineConst("_pi", M_PI);
            m_parser.DefineConst("_e", M_E);
            for (const auto &[name, band] : expression.m_values)
            {
                m_parser.DefineVar(name, &m_values[static_cast<std::size_t>(band)]);
            }
            for (const auto &[name, band] : expression.m_validities)
            {
                m_parser.DefineVar(name, &m_validities[static_cast<std::size_t>(band)]);
                m_is_asked[static_cast<std::size_t>(band)] = 1;
            }
            m_parser.SetExpr(expression.m_parsed);
            m_parser.Eval();
        }
        catch (const mu::ParserError &error)
        {
            fail(expression.m_text, static_cast<std::size_t>(std::max(0, error.GetPos())), reason(error));
        }
        if (m_parser.GetNumResults() != 1)
        {
            fail(expression.m_text, expression.m_text.find(','), "is a list; give a list of expressions, one a band");
        }
    }

    void evaluate(const std::vector<const double *> &bands, int count, double *result)
    {
        for (int i = 0; i < count; ++i)
        {
            bool is_missing = false;
            for (std::size_t band = 0; band < bands.size(); ++band)
            {
                const double value = bands[band][i];
                const bool is_valid = !std::isnan(value);
                m_values[band] = value;
                m_validities[band] = is_valid ? 1 : 0;
                is_missing = is_missing || (!is_valid && m_is_asked[band] == 0);
            }
            const double value = is_missing ? std::numeric_limits<double>::quiet_NaN() : m_parser.Eval();
            result[i] = std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
        }
    }

private:
    static std::string reason(const mu::ParserError &error)
    {
        std::string text = error.GetMsg();
        text.erase(text.find_last_not_of(".\n ") + 1);
        return text;
    }

    std::vector<double> m_values;
    std::vector<double> m_validities;
    std::vector<char> m_is_asked;
    mu::Parser m_parser;
};

Expression::Expression(const std::string &text, const std::map<std::string, int> &band_counts)
    : m_text(text)
    , m_parsed(text)
{
    refuse_assignments(text);
    Cursor cursor(text);
    const auto name_part = [&](std::size_t first)
    {
        for (std::size_t at = first; at < cursor.position(); ++at)
        {
            m_parsed[at] = begins_name(text[at]) || is_digit(text[at]) ? text[at] : '_';
        }
        return m_parsed.substr(first, cursor.position() - first);
    };
    while (!cursor.at_end())
    {
        const std::size_t first = cursor.position();
        if (is_digit(cursor.next()) || cursor.next() == '.')
        {
            cursor.take_number();
            continue;
        }
        if (!begins_name(cursor.next()))
        {
            cursor.step();
            continue;
        }
        std::string name = cursor.take_name();
        const bool is_call = cursor.next() == '(';
        if (name == "valid" && is_call)
        {
            cursor.step();
            cursor.skip_spaces();
            const std::size_t inner = cursor.position();
            const BandName band = band_at(cursor, cursor.take_name(), inner, text, band_counts);
            cursor.skip_spaces();
            if (!cursor.take(')'))
            {
                fail(text, first, "valid() takes one band of an input");
            }
            m_validities[name_part(first)] = index_of(band);
        }
        else if (!is_call && !is_constant(name))
        {
            const BandName band = band_at(cursor, std::move(name), first, text, band_counts);
            m_values[name_part(first)] = index_of(band);
        }
    }
    for (const auto &[name, band] : m_validities)
    {
        if (m_values.count(name) > 0)
        {
            throw InputError(fmt::format("'{}': an input cannot be named '{}' beside valid()", text, name));
        }
    }
    Evaluator check(*this);
}

int Expression::index_of(const BandName &band)
{
    const auto found = std::find(m_bands.begin(), m_bands.end(), band);
    if (found != m_bands.end())
    {
        return static_cast<int>(found - m_bands.begin());
    }
    m_bands.push_back(band);
    return static_cast<int>(m_bands.size()) - 1;
}

Expression::Evaluator::Evaluator(const Expression &expression)
    : m_parser(std::make_unique<Parser>(expression))
{
}

Expression::Evaluator::~Evaluator() = default;

void Expression::Evaluator::evaluate(const std::vector<const double *> &bands, int count, double *result)
{
    m_parser->evaluate(bands, count, result);
}

} // namespace tiledir::engine
