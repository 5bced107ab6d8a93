// GDAL's block cache calls a band from whichever thread needs room: many datasets, read by as many threads, in a cache
// that is much too small for them.
#include <cpl_conv.h>
#include <gdal_priv.h>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace
{

namespace fs = std::filesystem;

constexpr int kTile = 64;
constexpr int kTiles = 16; // a side, at the finest level
constexpr int kBands = 2;
constexpr int kThreads = 8;

bool is_absent(int row, int col)
{
    return (row + col) % 11 == 5;
}

/// What a pixel of the finest level (1) or the coarser one (0) holds.
std::uint16_t pixel(int level, int band, int row, int col)
{
    if (is_absent(row / kTile, col / kTile))
    {
        return 0;
    }
    return static_cast<std::uint16_t>(1 + (level * 20011 + band * 5003 + row * 131 + col * 7) % 65000);
}

void write_tile(const std::string &path, int level, int row, int col)
{
    std::vector<std::uint16_t> pixels;
    for (int band = 0; band < kBands; ++band)
    {
        for (int y = 0; y < kTile; ++y)
        {
            for (int x = 0; x < kTile; ++x)
            {
                pixels.push_back(pixel(level, band, row * kTile + y, col * kTile + x));
            }
        }
    }
    const char *const options[] = {"COMPRESS=DEFLATE", nullptr};
    const std::unique_ptr<GDALDataset> tile(GetGDALDriverManager()->GetDriverByName("GTiff")->Create(
        path.c_str(), kTile, kTile, kBands, GDT_UInt16, const_cast<char **>(options)));
    ASSERT_TRUE(tile);
    ASSERT_EQ(tile->RasterIO(GF_Write, 0, 0, kTile, kTile, pixels.data(), kTile, kTile, GDT_UInt16, kBands, nullptr, 0,
                             0, 0, nullptr),
              CE_None);
}

void write_folder(const fs::path &folder)
{
    for (int level = 0; level < 2; ++level)
    {
        const int tiles = kTiles >> (1 - level);
        for (int row = 0; row < tiles; ++row)
        {
            const fs::path row_folder = folder / std::to_string(level) / std::to_string(row);
            fs::create_directories(row_folder);
            for (int col = 0; col < tiles; ++col)
            {
                if (!is_absent(row, col))
                {
                    write_tile(row_folder / (std::to_string(col) + ".tif"), level, row, col);
                }
            }
        }
    }
    std::ofstream(folder / "stac.json") << R"({"type": "Feature", "stac_version": "1.1.0", "id": "threads",
        "stac_extensions": ["https://stac-extensions.github.io/tiled-assets/v1.0.0/schema.json"],
        "properties": {"datetime": "2024-01-01T00:00:00Z", "tiles:tile_matrix_sets": {"T": {"id": "T",
            "crs": "EPSG:32633", "tileMatrices": [
                {"id": "0", "cellSize": 20, "pointOfOrigin": [500000, 6000000], "tileWidth": 64, "tileHeight": 64,
                 "matrixWidth": 8, "matrixHeight": 8},
                {"id": "1", "cellSize": 10, "pointOfOrigin": [500000, 6000000], "tileWidth": 64, "tileHeight": 64,
                 "matrixWidth": 16, "matrixHeight": 16}]}}},
        "asset_templates": {"tiles": {"href": "{TileMatrix}/{TileRow}/{TileCol}.tif",
            "bands": [{"name": "a", "data_type": "uint16"}, {"name": "b", "data_type": "uint16"}]}}})";
}

/// Windows small and large, of one band or all, at both levels: through the block cache and past it.
class Reader
{
public:
    Reader(const std::string &path, unsigned seed)
        : m_dataset(GDALDataset::Open(path.c_str(), GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR))
        , m_random(seed)
    {
    }

    /// Number of pixels that are wrong, or of a failure.
    std::size_t wrong_pixels()
    {
        if (!m_dataset || m_dataset->GetRasterBand(1)->GetOverviewCount() != 1)
        {
            return 1;
        }
        const int level = below(4) == 0 ? 0 : 1;
        const int size = level == 1 ? kTiles * kTile : kTiles * kTile / 2;
        const std::array<int, 3> largest{1, 40, 200};
        const int side = 1 + below(largest[below(3)]);
        const int col = below(size - side + 1);
        const int row = below(size - side + 1);
        std::vector<std::uint16_t> pixels(static_cast<std::size_t>(side) * side * kBands);
        return read(level, col, row, side, pixels) ? count_wrong(level, col, row, side, pixels) : 1;
    }

private:
    int below(int end) { return static_cast<int>(m_random() % static_cast<unsigned>(end)); }

    bool read(int level, int col, int row, int side, std::vector<std::uint16_t> &pixels)
    {
        if (level == 1 && below(2) == 0)
        {
            return m_dataset->RasterIO(GF_Read, col, row, side, side, pixels.data(), side, side, GDT_UInt16, kBands,
                                       nullptr, 0, 0, 0, nullptr) == CE_None;
        }
        for (int number = 0; number < kBands; ++number)
        {
            GDALRasterBand *band = m_dataset->GetRasterBand(number + 1);
            band = level == 0 ? band->GetOverview(0) : band;
            std::uint16_t *to = pixels.data() + static_cast<std::size_t>(number) * side * side;
            if (band->RasterIO(GF_Read, col, row, side, side, to, side, side, GDT_UInt16, 0, 0, nullptr) != CE_None)
            {
                return false;
            }
        }
        return true;
    }

    static std::size_t count_wrong(int level, int col, int row, int side, const std::vector<std::uint16_t> &pixels)
    {
        std::size_t wrong = 0;
        std::size_t index = 0;
        for (int band = 0; band < kBands; ++band)
        {
            for (int y = row; y < row + side; ++y)
            {
                for (int x = col; x < col + side; ++x)
                {
                    wrong += pixels[index++] != pixel(level, band, y, x) ? 1 : 0;
                }
            }
        }
        return wrong;
    }

    std::unique_ptr<GDALDataset> m_dataset;
    std::minstd_rand m_random;
};

/// The folder of tiles, and the plugin in a small cache.
class BlockCache : public testing::Test
{
protected:
    static void SetUpTestSuite()
    {
        CPLSetConfigOption("GDAL_DRIVER_PATH", TILEDIR_PLUGINS);
        CPLSetConfigOption("TILEDIR_CACHE_MB", "1");
        GDALAllRegister();
        GDALSetCacheMax64(kCache);
        ASSERT_NE(GetGDALDriverManager()->GetDriverByName("TileDir"), nullptr);
        s_folder = fs::temp_directory_path() / ("tiledir_threads_" + std::to_string(CPLGetPID()));
        write_folder(s_folder);
    }
    static void TearDownTestSuite()
    {
        fs::remove_all(s_folder);
        GDALDestroyDriverManager();
    }

    static void read_by_threads(const std::string &path, int reads)
    {
        std::atomic<std::size_t> wrong{0};
        std::vector<std::thread> threads;
        for (unsigned number = 0; number < kThreads; ++number)
        {
            threads.emplace_back(
                [&, number]
                {
                    Reader reader(path, number + 1);
                    for (int turn = 0; turn < reads; ++turn)
                    {
                        wrong += reader.wrong_pixels();
                    }
                });
        }
        for (std::thread &thread : threads)
        {
            thread.join();
        }
        EXPECT_EQ(wrong, 0u);
        EXPECT_LE(GDALGetCacheUsed64(), kCache);
    }

    static constexpr GIntBig kCache = 4 * 1024 * 1024;
    static fs::path s_folder;
};

fs::path BlockCache::s_folder;

/// Python's web server over a folder.
class WebServer
{
public:
    explicit WebServer(const fs::path &folder)
        : m_output(popen(("echo $$; exec python3 -u -m http.server 0 --bind 127.0.0.1 --directory '" + folder.string() +
                          "' 2>/dev/null")
                             .c_str(),
                         "r"))
    {
        std::array<char, 200> line{};
        if (m_output != nullptr && std::fgets(line.data(), line.size(), m_output) != nullptr)
        {
            m_process = std::atoi(line.data());
        }
        if (m_output == nullptr || std::fgets(line.data(), line.size(), m_output) == nullptr ||
            std::sscanf(line.data(), "Serving HTTP on 127.0.0.1 port %d", &m_port) != 1)
        {
            m_port = 0;
        }
    }
    ~WebServer()
    {
        if (m_process > 0)
        {
            kill(m_process, SIGTERM);
        }
        if (m_output != nullptr)
        {
            pclose(m_output);
        }
    }
    WebServer(const WebServer &) = delete;
    WebServer &operator=(const WebServer &) = delete;

    bool runs() const { return m_port > 0; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }

private:
    std::FILE *m_output;
    pid_t m_process = 0;
    int m_port = 0;
};

} // namespace

TEST_F(BlockCache, EvictsAcrossThreadsAndEveryPixelIsRight)
{
    read_by_threads(s_folder, 300);
}

TEST_F(BlockCache, EvictsAcrossThreadsOverHttpToo)
{
    const WebServer server(s_folder);
    ASSERT_TRUE(server.runs());
    read_by_threads("TILEDIR:" + server.url(), 20);
}
