// GDAL's block cache hands changed blocks to a band from whichever thread needs room: many datasets, each written and
// read by a thread of its own, in a cache that is much too small for them.
#include <cpl_conv.h>
#include <gdal_priv.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace
{

namespace fs = std::filesystem;

constexpr int kSide = 1024;
constexpr int kTile = 128;
constexpr int kThreads = 8;
constexpr GIntBig kCache = 4 * 1024 * 1024;

GDALDriver &driver(const char *name)
{
    return *GetGDALDriverManager()->GetDriverByName(name);
}

bool make(const std::string &path)
{
    const std::unique_ptr<GDALDataset> source(driver("MEM").Create("", kSide, kSide, 1, GDT_UInt16, nullptr));
    const char *const options[] = {"TILE_SIZE=128", "COMPRESS=NONE", nullptr};
    const std::unique_ptr<GDALDataset> made(driver("TileDir").CreateCopy(
        path.c_str(), source.get(), FALSE, const_cast<char **>(options), nullptr, nullptr));
    return made != nullptr;
}

/// Writes and reads one dataset, and remembers what must be there.
class Writer
{
public:
    Writer(std::string path, unsigned seed)
        : m_path(std::move(path))
        , m_random(seed)
        , m_pixels(std::size_t{kSide} * kSide)
        , m_dataset(GDALDataset::Open(m_path.c_str(), GDAL_OF_RASTER | GDAL_OF_UPDATE | GDAL_OF_VERBOSE_ERROR))
    {
    }

    /// Number of pixels that are wrong, or of a failure.
    std::size_t turn()
    {
        if (!m_dataset)
        {
            return 1;
        }
        switch (below(4))
        {
        case 0:
            return write_block() ? 0 : 1;
        case 1:
            return write_window() ? 0 : 1;
        case 2:
            if (below(20) == 0)
            {
                m_dataset->FlushCache(false);
            }
            return read_block();
        default:
            return read_window(*m_dataset, below(kSide - kWindow), below(kSide - kWindow), kWindow);
        }
    }

    /// After it was closed and opened again.
    std::size_t wrong_in_the_end()
    {
        m_dataset.reset();
        const std::unique_ptr<GDALDataset> dataset(GDALDataset::Open(m_path.c_str(), GDAL_OF_RASTER));
        return dataset ? read_window(*dataset, 0, 0, kSide) : 1;
    }

private:
    static constexpr int kWindow = 200;

    int below(int end) { return static_cast<int>(m_random() % static_cast<unsigned>(end)); }
    std::uint16_t &pixel(int col, int row) { return m_pixels[static_cast<std::size_t>(row) * kSide + col]; }

    /// As drivers' own helpers do: into GDAL's cache, written when it has no room for it.
    bool write_block()
    {
        const int block_col = below(kSide / kTile);
        const int block_row = below(kSide / kTile);
        GDALRasterBlock *block = m_dataset->GetRasterBand(1)->GetLockedBlockRef(block_col, block_row, TRUE);
        if (block == nullptr)
        {
            return false;
        }
        const auto value = static_cast<std::uint16_t>(m_random());
        auto *data = static_cast<std::uint16_t *>(block->GetDataRef());
        std::fill_n(data, std::size_t{kTile} * kTile, value);
        block->MarkDirty();
        block->DropLock();
        for (int row = 0; row < kTile; ++row)
        {
            std::fill_n(&pixel(block_col * kTile, block_row * kTile + row), kTile, value);
        }
        return true;
    }

    bool write_window()
    {
        const int width = 1 + below(kWindow);
        const int height = 1 + below(kWindow);
        const int col = below(kSide - width);
        const int row = below(kSide - height);
        std::vector<std::uint16_t> pixels(static_cast<std::size_t>(width) * height);
        for (std::uint16_t &value : pixels)
        {
            value = static_cast<std::uint16_t>(m_random());
        }
        for (int line = 0; line < height; ++line)
        {
            std::copy_n(pixels.data() + static_cast<std::size_t>(line) * width, width, &pixel(col, row + line));
        }
        return m_dataset->GetRasterBand(1)->RasterIO(GF_Write, col, row, width, height, pixels.data(), width, height,
                                                     GDT_UInt16, 0, 0, nullptr) == CE_None;
    }

    std::size_t read_block()
    {
        const int block_col = below(kSide / kTile);
        const int block_row = below(kSide / kTile);
        GDALRasterBlock *block = m_dataset->GetRasterBand(1)->GetLockedBlockRef(block_col, block_row);
        if (block == nullptr)
        {
            return 1;
        }
        const auto *data = static_cast<const std::uint16_t *>(block->GetDataRef());
        std::size_t wrong = 0;
        for (int row = 0; row < kTile; ++row)
        {
            for (int col = 0; col < kTile; ++col)
            {
                wrong += *data++ != pixel(block_col * kTile + col, block_row * kTile + row) ? 1 : 0;
            }
        }
        block->DropLock();
        return wrong;
    }

    std::size_t read_window(GDALDataset &dataset, int col, int row, int side)
    {
        std::vector<std::uint16_t> pixels(static_cast<std::size_t>(side) * side);
        if (dataset.GetRasterBand(1)->RasterIO(GF_Read, col, row, side, side, pixels.data(), side, side, GDT_UInt16, 0,
                                               0, nullptr) != CE_None)
        {
            return 1;
        }
        std::size_t wrong = 0;
        for (int y = 0; y < side; ++y)
        {
            for (int x = 0; x < side; ++x)
            {
                wrong += pixels[static_cast<std::size_t>(y) * side + x] != pixel(col + x, row + y) ? 1 : 0;
            }
        }
        return wrong;
    }

    std::string m_path;
    std::minstd_rand m_random;
    std::vector<std::uint16_t> m_pixels;
    std::unique_ptr<GDALDataset> m_dataset;
};

} // namespace

TEST(BlockCacheWrites, ChangedBlocksAreEvictedByOtherThreadsAndNoPixelIsLost)
{
    CPLSetConfigOption("GDAL_DRIVER_PATH", TILEDIR_PLUGINS);
    CPLSetConfigOption("TILEDIR_CACHE_MB", "1");
    GDALAllRegister();
    GDALSetCacheMax64(kCache);
    const fs::path folder = fs::temp_directory_path() / ("tiledir_writes_" + std::to_string(CPLGetPID()));
    fs::create_directories(folder);
    std::atomic<std::size_t> wrong{0};
    std::vector<std::thread> threads;
    for (unsigned number = 0; number < kThreads; ++number)
    {
        const std::string path = folder / std::to_string(number);
        ASSERT_TRUE(make(path));
        threads.emplace_back(
            [&wrong, path, number]
            {
                Writer writer(path, number + 1);
                for (int turn = 0; turn < 200; ++turn)
                {
                    wrong += writer.turn();
                }
                wrong += writer.wrong_in_the_end();
            });
    }
    for (std::thread &thread : threads)
    {
        thread.join();
    }
    EXPECT_EQ(wrong, 0u);
    fs::remove_all(folder);
}
