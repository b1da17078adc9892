import type { ProductDraft } from './domain/product.js';

/** What a new shop sells: prices in đồng. The last one is nearly gone, to show what then happens. */
export const seedProducts: readonly ProductDraft[] = [
  p('Cà phê Robusta Buôn Ma Thuột 500g', 'Hạt rang mộc từ Đắk Lắk, đậm và ít chua, hợp pha phin.', 145_000, 120),
  p('Cà phê Arabica Cầu Đất 250g', 'Hạt rang vừa từ Lâm Đồng, thơm hoa và cam, hợp pha giấy lọc.', 185_000, 80),
  p('Phin cà phê nhôm Trung 4 oz', 'Phin nhôm dập bốn món, một tách, dùng được ngay.', 35_000, 200),
  p('Trà ô long Bảo Lộc 200g', 'Lá xoăn nguyên búp hái tay, nước vàng, hậu ngọt.', 120_000, 90),
  p('Trà sen Tây Hồ hộp 100g', 'Chè Thái Nguyên ướp gạo sen, đóng hộp thiếc.', 450_000, 30),
  p('Mật ong hoa cà phê 500ml', 'Mật thu vào tháng ba ở Gia Lai, chai thủy tinh.', 165_000, 70),
  p('Nước mắm cốt Phú Quốc 40 độ đạm 500ml', 'Cá cơm ủ thùng gỗ mười hai tháng, nước cốt đầu.', 110_000, 150),
  p('Hạt điều rang muối Bình Phước 500g', 'Hạt cỡ lớn còn vỏ lụa, rang củi.', 175_000, 110),
  p('Tiêu đen Phú Quốc 200g', 'Hạt khô cay nồng, túi có khóa kéo.', 69_000, 140),
  p('Bánh tráng phơi sương Trảng Bàng', 'Gói 500g, dẻo và mỏng, cuốn thịt luộc rau rừng.', 42_000, 180),
  p('Áo dài lụa Hà Đông', 'Lụa tơ tằm dệt tay, may theo số đo S đến XL.', 1_850_000, 25),
  p('Khăn rằn Nam Bộ', 'Vải cotton dệt khung, 50 × 160 cm, sọc đen trắng.', 75_000, 160),
  p('Nón lá Huế bài thơ', 'Hai lớp lá mỏng, soi lên thấy cảnh sông Hương.', 95_000, 100),
  p('Túi cói Nga Sơn', 'Cói đan tay, quai da, vừa một chiếc máy tính 13 inch.', 320_000, 45),
  p('Bộ ấm trà gốm Bát Tràng', 'Men rạn, một ấm sáu chén, kèm khay tre.', 890_000, 40),
  p('Bình hoa gốm Chu Đậu 30cm', 'Vẽ lam dưới men, mỗi chiếc một nét.', 1_250_000, 22),
  p('Tranh Đông Hồ Đàn lợn âm dương', 'In ván gỗ trên giấy điệp, khổ 26 × 37 cm, chưa khung.', 150_000, 60),
  p('Đèn lồng Hội An lụa đỏ 35cm', 'Khung tre gấp được, đui E27, dây dài 2 m.', 260_000, 75),
  p('Võng xếp khung thép', 'Khung sơn tĩnh điện, chịu 150 kg, lưới thoáng.', 690_000, 50),
  p('Nồi cơm điện Sharp 1.8 lít', 'Lòng nồi chống dính, giữ ấm 12 giờ, bảo hành 12 tháng.', 790_000, 65),
  p('Quạt đứng Senko 5 cánh', 'Công suất 65 W, ba tốc độ, hẹn giờ 2 tiếng.', 420_000, 85),
  p('Tai nghe bluetooth chống ồn', 'Chống ồn chủ động, pin 30 giờ, sạc USB-C.', 1_490_000, 55),
  p('Xe đạp đường phố Thống Nhất 26 inch', 'Khung thép, sáu tốc độ, có giỏ và chắn bùn.', 4_350_000, 20),
  p('Đàn bầu gỗ trắc khảm trai', 'Nghệ nhân Đào Xá làm từng chiếc, kèm bộ khuếch âm.', 8_900_000, 1),
];

function p(name: string, description: string, price: number, stock: number): ProductDraft {
  return { name, description, price, stock };
}
