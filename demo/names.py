"""Made-up names to draw from: as HR writes them, and in Latin letters, joined by a colon."""

from demo.world import City

FAMILIES = {
    City.SEOUL: """김:Kim 이:Lee 박:Park 최:Choi 정:Jung 강:Kang 조:Cho 윤:Yoon 장:Jang 임:Lim 한:Han 오:Oh
        서:Seo 신:Shin 권:Kwon 황:Hwang""",
    City.TAIPEI: """陳:Chen 林:Lin 黃:Huang 張:Chang 李:Li 王:Wang 吳:Wu 劉:Liu 蔡:Tsai 楊:Yang 許:Hsu
        鄭:Cheng 謝:Hsieh 郭:Kuo""",
    City.SEATTLE: """Alder:Alder Barlow:Barlow Castell:Castell Dunmore:Dunmore Everly:Everly Fenwick:Fenwick
        Garrow:Garrow Holloway:Holloway Ingram:Ingram Jessop:Jessop Kestrel:Kestrel Lockridge:Lockridge
        O'Dell:Odell Peralta:Peralta""",
    City.BERLIN: """Müller:Mueller Schröder:Schroeder Groß:Gross Köhler:Koehler Jäger:Jaeger
        Brückner:Brueckner Vogelsang:Vogelsang Weiß:Weiss Hölzer:Hoelzer Krämer:Kraemer Lindner:Lindner
        Süß:Suess""",
}
GIVEN = {
    City.SEOUL: """민준:Min-jun 서연:Seo-yeon 도윤:Do-yun 지우:Ji-woo 하은:Ha-eun 예준:Ye-jun 수아:Su-a
        시우:Si-woo 지호:Ji-ho 다은:Da-eun 현우:Hyun-woo 유진:Yu-jin 건우:Gun-woo 채원:Chae-won 우진:Woo-jin
        소율:So-yul 태양:Tae-yang 나은:Na-eun 동현:Dong-hyun""",
    City.TAIPEI: """怡君:Yi-chun 志明:Chih-ming 雅婷:Ya-ting 俊宏:Chun-hung 淑芬:Shu-fen 冠宇:Kuan-yu
        佳穎:Chia-ying 家豪:Chia-hao 詩涵:Shih-han 宗翰:Tsung-han 欣怡:Hsin-yi 柏翰:Po-han 雅雯:Ya-wen
        承恩:Cheng-en""",
    City.SEATTLE: """Avery:Avery Blake:Blake Casey:Casey Dana:Dana Emery:Emery Frances:Frances Graham:Graham
        Hollis:Hollis Imogen:Imogen Jordan:Jordan Kendall:Kendall Logan:Logan Renée:Renee José:Jose""",
    City.BERLIN: """Jürgen:Juergen Björn:Bjoern Käthe:Kaethe Anke:Anke Sönke:Soenke Ulrike:Ulrike Jörg:Joerg
        Bärbel:Baerbel Heike:Heike Günter:Guenter Maren:Maren Til:Til""",
}
