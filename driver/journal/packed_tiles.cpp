#include "driver/journal/packed_tiles.h"

#include "stac/error.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <zlib.h>

#include <memory>
#include <utility>
#include <vector>

namespace tiledir::journal
{
namespace
{

constexpr std::uint64_t kLargest = std::uint64_t{1} << 62; ///< far beyond any grid, far from an overflow
constexpr int kLevel = 6;
constexpr std::size_t kMostRatio = 1032;           ///< of what is deflated
constexpr std::uint64_t kMostUnchecked = 64 << 20; ///< of a file that is cut short less may be there
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 31;

void put(std::string &bytes, std::uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
    {
        bytes += static_cast<char>(number | 0x80);
    }
    bytes += static_cast<char>(number);
}

/// Small numbers of either sign as small ones without.
std::uint64_t folded(std::int64_t number)
{
    return static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
}

std::int64_t unfolded(std::uint64_t number)
{
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

class Numbers
{
public:
    explicit Numbers(const std::string &bytes)
        : m_bytes(bytes)
    {
    }

    bool at_end() const { return m_at == m_bytes.size(); }
    std::size_t at() const { return m_at; }
    bool failed() const { return m_failed; }

    std::uint64_t next()
    {
        std::uint64_t number = 0;
        for (int shift = 0; shift < 63 && !at_end(); shift += 7)
        {
            const auto byte = static_cast<unsigned char>(m_bytes[m_at++]);
            number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80)
            {
                m_failed = m_failed || number > kLargest;
                return m_failed ? 0 : number;
            }
        }
        m_failed = true;
        return 0;
    }

private:
    const std::string &m_bytes;
    std::size_t m_at = 0;
    bool m_failed = false;
};

struct Free
{
    void operator()(void *memory) const { VSIFree(memory); }
};

} // namespace

std::string pack(const stac::TileSet &tiles)
{
    std::string bytes;
    std::int64_t row = 0;
    std::vector<std::pair<std::int64_t, std::int64_t>> runs;
    const auto put_row = [&](std::int64_t next_row)
    {
        if (runs.empty())
        {
            return;
        }
        put(bytes, folded(next_row - row));
        put(bytes, runs.size());
        std::int64_t after = 0;
        for (const auto &[first, last] : runs)
        {
            put(bytes, folded(first - after));
            put(bytes, static_cast<std::uint64_t>(last - first));
            after = last + 1;
        }
        row = next_row;
        runs.clear();
    };
    std::int64_t open_row = 0;
    tiles.for_each_run(
        [&](std::int64_t of_row, std::int64_t first, std::int64_t last)
        {
            if (of_row != open_row)
            {
                put_row(open_row);
                open_row = of_row;
            }
            runs.emplace_back(first, last);
        });
    put_row(open_row);
    return bytes;
}

bool unpack(const std::string &bytes, stac::TileSet &tiles)
{
    constexpr auto kFarthest = static_cast<std::int64_t>(kLargest);
    Numbers numbers(bytes);
    const auto within = [](std::int64_t number) { return number > -kFarthest && number < kFarthest; };
    std::int64_t row = 0;
    while (!numbers.at_end() && !numbers.failed())
    {
        row += unfolded(numbers.next());
        const std::uint64_t runs = numbers.next();
        if (numbers.failed() || runs == 0 || !within(row))
        {
            return false;
        }
        std::int64_t after = 0;
        for (std::uint64_t run = 0; run < runs && !numbers.failed(); ++run)
        {
            const std::int64_t first = after + unfolded(numbers.next());
            const auto length = static_cast<std::int64_t>(numbers.next());
            if (numbers.failed() || !within(first) || !within(first + length))
            {
                return false;
            }
            tiles.insert(row, first, first + length);
            after = first + length + 1;
        }
    }
    return !numbers.failed();
}

std::string deflated(const std::string &text)
{
    std::size_t size = 0;
    const std::unique_ptr<void, Free> packed(CPLZLibDeflate(text.data(), text.size(), kLevel, nullptr, 0, &size));
    if (!packed)
    {
        throw TileError("out of memory while the journal is packed");
    }
    std::string bytes;
    put(bytes, text.size());
    return bytes.append(static_cast<const char *>(packed.get()), size);
}

Inflated inflate(const std::string &bytes, std::string &text)
{
    Numbers numbers(bytes);
    const std::uint64_t size = numbers.next();
    if (numbers.failed())
    {
        return numbers.at_end() ? Inflated::CutShort : Inflated::Damaged;
    }
    if (size > kMostBytes || (size / kMostRatio > bytes.size() && size > kMostUnchecked))
    {
        return Inflated::Damaged;
    }
    std::string whole(size, '\0');
    z_stream stream = {};
    if (inflateInit(&stream) != Z_OK)
    {
        throw TileError("out of memory while the journal is unpacked");
    }
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data() + numbers.at())); // it only reads
    stream.avail_in = static_cast<uInt>(bytes.size() - numbers.at());
    stream.next_out = reinterpret_cast<Bytef *>(whole.data());
    stream.avail_out = static_cast<uInt>(size);
    const int result = ::inflate(&stream, Z_FINISH);
    const bool is_at_end = stream.avail_in == 0;
    const bool is_whole = result == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    if (is_whole)
    {
        text = std::move(whole);
        return Inflated::Whole;
    }
    return is_at_end && (result == Z_OK || result == Z_BUF_ERROR) ? Inflated::CutShort : Inflated::Damaged;
}

} // namespace tiledir::journal
